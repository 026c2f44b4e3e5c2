// What others do while a buyer looks at the phone: a stall shows a bind code and answers, two persons recall goods.
import { answerBinding } from "@suyuan/api/bindings/answer-binding"
import { activateRecall } from "@suyuan/api/recalls/activate-recall"
import { approveRecall } from "@suyuan/api/recalls/approve-recall"
import { draftRecall } from "@suyuan/api/recalls/draft-recall"
import { withdrawRecall } from "@suyuan/api/recalls/end-recall"
import { readScopeOfRecall } from "@suyuan/api/recalls/read-recall"
import { bindings } from "@suyuan/drizzle/schema/buyers"
import {
  bindAnswerMessage,
  bindCodeDigits,
  bindCodeMessage,
  encodeBindCodeBody,
} from "@suyuan/protocol/terminal/bind-code"
import { msToSeconds2024 } from "@suyuan/protocol/units/instant"
import { eq } from "drizzle-orm"
import { cabbage, sellingTerminal, slotOf } from "../../support/selling"
import { newTablet, operator, secondOperator } from "../../support/stall"
import type { BuyerWorld } from "./buyer-world"

/** A stall of its own that shows a code now. `confirm`: its terminal says yes; gives the digits of its screen. */
export async function showBindCode({ ctx }: Pick<BuyerWorld, "ctx">) {
  const tablet = newTablet()
  const stall = await sellingTerminal(ctx, "market", [slotOf(1, cabbage)], tablet)
  const { NETWORK_ID: networkId } = ctx.config
  const body = encodeBindCodeBody({
    ...{ algorithm: "ed25519", terminal: stall.terminalId, nonce: ctx.random.bytes(8) },
    issuedAtSeconds: msToSeconds2024(ctx.clock.nowMs()),
  })
  const digits = bindCodeDigits(body, tablet.sign(bindCodeMessage(networkId, body)))
  async function confirm(): Promise<string> {
    const [claimed] = await ctx.db.select().from(bindings).where(eq(bindings.merchantId, stall.merchantId))
    const said = { bindingId: claimed?.id ?? "", answer: "confirm", digits: claimed?.checkDigits ?? "" } as const
    const message = bindAnswerMessage(networkId, { ...said, terminal: stall.terminalId })
    await answerBinding(ctx, { ...said, terminalId: stall.terminalId, signature: tablet.sign(message) })
    return said.digits
  }
  return { stall, digits, confirm }
}

/** Everything that ever came from one base is recalled; until it is withdrawn nobody pays at the stall. */
export async function recallAll({ ctx, trade }: Pick<BuyerWorld, "ctx" | "trade">) {
  const until = new Date(ctx.clock.nowMs())
  const set = { kind: "base", siteId: trade.baseA.siteId, from: new Date(0), until } as const
  const { id } = await draftRecall(ctx, operator, { id: ctx.random.uuid(), set, reason: "农残超标" })
  const { reachDigest } = await readScopeOfRecall(ctx, secondOperator, id)
  await approveRecall(ctx, secondOperator, id, reachDigest)
  await activateRecall(ctx, secondOperator, id)
  return { id, withdraw: () => withdrawRecall(ctx, secondOperator, id) }
}
