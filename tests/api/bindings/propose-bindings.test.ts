import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import { decideProposal, listProposals } from "@suyuan/api/bindings/decide-proposal"
import { merchantLike, proposeBindings } from "@suyuan/api/bindings/propose-bindings"
import { bindings } from "@suyuan/drizzle/schema/buyers"
import { bindingProposals } from "@suyuan/drizzle/schema/matching"
import { eq } from "drizzle-orm"
import { testApp, tokenOf } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { newBuyer, payOnPlatform, type TestBuyer } from "../../support/paying"
import { gramsOf, type SellingTerminal, sellingTerminal } from "../../support/selling"
import { operator, operatorOf, operatorWithout, refusalOf } from "../../support/stall"

setDefaultTimeout(60_000)

const dayMs = 86_400_000

let gateway: TestGateway
let wholesaler: SellingTerminal
let market: SellingTerminal
beforeAll(async () => {
  gateway = await testGateway()
  const { ctx } = gateway
  wholesaler = await sellingTerminal(ctx, "wholesale")
  market = await sellingTerminal(ctx, "market")
  for (const stall of [wholesaler, market]) await stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
})
afterAll(() => gateway?.close())

let counter = 0
async function buy(from: SellingTerminal, buyer: TestBuyer, grams: number): Promise<void> {
  gateway.clock.advance(60_000)
  counter += 1
  const code = await from.code(counter, [gramsOf(1 + (counter % 2), grams)])
  await from.deliver(await from.envelope("sale", from.saleBody(code)))
  await payOnPlatform(gateway.ctx, code, buyer)
}
const waiting = async (stall: SellingTerminal) =>
  (await listProposals(gateway.ctx.db, operatorOf(stall.siteId))).map(({ proposal }) => proposal)

/** Five bulk purchases on three days at the wholesaler, as others do otherwise. */
async function threeDays(...all: (readonly [SellingTerminal, TestBuyer, number])[]): Promise<void> {
  for (const purchases of [2, 2, 1]) {
    for (const one of all) for (let i = 0; i < purchases; i += 1) await buy(...one)
    gateway.clock.advance(dayMs)
  }
}

describe("a wallet that buys as a merchant would", () => {
  let merchantLikeBuyer: TestBuyer
  beforeAll(async () => {
    const { ctx } = gateway
    const [light, retail, bound, one] = [
      await newBuyer(ctx),
      await newBuyer(ctx),
      await newBuyer(ctx, market),
      await newBuyer(ctx),
    ]
    merchantLikeBuyer = await newBuyer(ctx)
    await threeDays(
      [wholesaler, merchantLikeBuyer, 25_500],
      [wholesaler, light, merchantLike.leastGrams - 1],
      [market, retail, 25_000],
      [wholesaler, bound, 25_000],
    )
    // Often and heavy, but on one day alone.
    for (let i = 0; i < 5; i += 1) await buy(wholesaler, one, 30_000)
  })

  test("[MP-1] [MP-2] is proposed with its counts, and no other is: light, at a market, bound, on one day", async () => {
    expect(await proposeBindings(gateway.ctx)).toBe(1)
    const [proposal, ...others] = await waiting(wholesaler)
    expect(others).toEqual([])
    expect(proposal).toMatchObject({ purchases: 5, days: 3, leastGrams: 20_000, commodities: 2, state: "new" })
    expect(await waiting(market)).toEqual([])
    // Again, and nothing is proposed twice.
    expect(await proposeBindings(gateway.ctx)).toBe(0)
    expect(await waiting(wholesaler)).toHaveLength(1)
  })

  test("[MP-4] is compared with the wallets that bought at its stall, however many are bound elsewhere", async () => {
    const { ctx } = gateway
    for (let more = 0; more < 5; more += 1) await newBuyer(ctx, market)
    let names = 0
    const fingerprint = (text: string) => {
      if (text.startsWith("binding-proposal:")) names += 1
      return ctx.keys.fingerprint(text)
    }
    await proposeBindings({ ...ctx, keys: { ...ctx.keys, fingerprint } })
    // The proposal's own, and that of the bound wallet that buys there.
    expect(names).toBe(2)
  })

  test("[MP-2] names nobody, and binds nothing", async () => {
    const [row] = await gateway.ctx.db.select().from(bindingProposals)
    const told = JSON.stringify(row)
    for (const word of [merchantLikeBuyer.id, "open-"]) expect(told).not.toContain(word)
    const bound = await gateway.ctx.db.select().from(bindings).where(eq(bindings.buyerId, merchantLikeBuyer.id))
    expect(bound).toEqual([])
  })

  test("[MP-3] refuses the wrong actor", async () => {
    const [proposal] = await waiting(wholesaler)
    const id = proposal?.id ?? ""
    const decision = { state: "dismissed", note: "a canteen" } as const
    for (const actor of [operatorOf(market.siteId), operatorWithout("merchants:write")]) {
      expect(await refusalOf(decideProposal(gateway.ctx, actor, id, decision))).toBe("request/forbidden")
    }
    expect(await refusalOf(listProposals(gateway.ctx.db, operatorWithout("merchants:write")))).toBe("request/forbidden")
    const unknown = decideProposal(gateway.ctx, operator, gateway.ctx.random.uuid(), decision)
    expect(await refusalOf(unknown)).toBe("binding/proposal-unknown")
  })

  test("[MP-3] over HTTP: listed, and the stall was asked to invite", async () => {
    const app = testApp(gateway.ctx)
    const headers = {
      ...(await tokenOf(gateway.ctx, ["merchants:write"], wholesaler.siteId)),
      "content-type": "application/json",
    }
    const [listed] = (await (await app.request("/binding-proposals", { headers })).json()) as { id: string }[]
    expect(listed).toMatchObject({ purchases: 5, sellerName: "甲摊", stallNumber: "A-12" })
    const body = JSON.stringify({ state: "invited", note: "asked the stall" })
    const asked = { method: "POST", headers, body }
    for (let again = 0; again < 2; again += 1) {
      const answer = await app.request(`/binding-proposals/${listed?.id}/decision`, asked)
      expect(await answer.json()).toMatchObject({ state: "invited", note: "asked the stall" })
    }
  })

  test("[MP-4] closes by itself when the wallet is bound; is forgotten when nothing renews it", async () => {
    const { ctx } = gateway
    const now = new Date(ctx.clock.nowMs())
    await ctx.db.insert(bindings).values({
      ...{ id: ctx.random.uuid(), buyerId: merchantLikeBuyer.id, merchantId: market.merchantId, siteId: market.siteId },
      ...{ terminalId: market.terminalId, codeDigest: "ab".repeat(32), state: "active", checkDigits: "47" },
      ...{ claimedAt: now, validFrom: now },
    })
    await proposeBindings(ctx)
    expect(await waiting(wholesaler)).toEqual([])
    const [row] = await ctx.db.select().from(bindingProposals)
    expect(row?.state).toBe("bound")
    expect(await refusalOf(decideProposal(ctx, operator, row?.id ?? "", { state: "dismissed", note: "late" }))).toBe(
      "binding/wrong-state",
    )
    gateway.clock.advance(40 * dayMs)
    await proposeBindings(ctx)
    expect(await ctx.db.select().from(bindingProposals)).toEqual([])
  })
})
