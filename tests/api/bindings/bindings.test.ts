import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import type { Actor } from "@suyuan/api/actor"
import { answerBinding } from "@suyuan/api/bindings/answer-binding"
import { claimBindCode, previewBindCode } from "@suyuan/api/bindings/claim-bind-code"
import { boundMerchant, listMerchantBindings, listOwnBindings } from "@suyuan/api/bindings/find-bindings"
import { releaseBinding } from "@suyuan/api/bindings/release-binding"
import { startWebSession } from "@suyuan/api/buyers/start-web-session"
import { changeTerminalState } from "@suyuan/api/terminals/change-terminal-state"
import { learnClock } from "@suyuan/api/terminals/learn-clock"
import { buyers } from "@suyuan/drizzle/schema/buyers"
import { records } from "@suyuan/drizzle/schema/ledger"
import { outbox } from "@suyuan/drizzle/schema/outbox"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { decodeRecord } from "@suyuan/protocol/ledger/record"
import { hasRecordId } from "@suyuan/protocol/ledger/record-identity"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import {
  type BindAnswer,
  bindAnswerMessage,
  bindCodeDigits,
  bindCodeMessage,
  encodeBindCodeBody,
} from "@suyuan/protocol/terminal/bind-code"
import { msToSeconds2024 } from "@suyuan/protocol/units/instant"
import { and, eq } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import {
  enrolTerminal,
  makeStall,
  newTablet,
  operator,
  operatorOf,
  operatorWithout,
  refusalOf,
  type TestTablet,
} from "../../support/stall"

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
}, 60_000)
afterAll(() => gateway.close())

async function newBuyer(): Promise<Actor> {
  const id = gateway.ctx.random.uuid()
  const createdAt = new Date(gateway.clock.nowMs())
  await gateway.ctx.db
    .insert(buyers)
    .values({ id, platform: "wechat-pay", appId: "wx8888888888888888", openId: `open-${id}`, createdAt })
  return { kind: "buyer", id, siteIds: [], scopes: [] }
}

test("[BI-4] whose stall a code is of can be read before anybody claims it, and nothing is claimed by that", async () => {
  const terminal = await newTerminal()
  const code = bindCode(terminal)
  for (let times = 0; times < 2; times += 1) {
    expect(await previewBindCode(gateway.ctx, code)).toMatchObject({
      merchant: { id: terminal.merchantId, name: "甲摊", stallNumber: "A-12" },
    })
  }
  expect((await claimBindCode(gateway.ctx, await newBuyer(), code)).merchant.id).toBe(terminal.merchantId)
  const forged = bindCode({ ...terminal, tablet: newTablet() })
  expect(await refusalOf(previewBindCode(gateway.ctx, forged))).toBe("terminal/bad-signature")
  expect(await refusalOf(previewBindCode(gateway.ctx, "123"))).toBe("binding/code-malformed")
  gateway.clock.advance(91_000)
  expect(await refusalOf(previewBindCode(gateway.ctx, code))).toBe("binding/code-expired")
})

async function newTerminal() {
  const stall = await makeStall(gateway.ctx, "wholesale")
  return { ...stall, ...(await enrolTerminal(gateway.ctx, stall.merchantId)) }
}
type Terminal = Awaited<ReturnType<typeof newTerminal>>

/** The code that a terminal shows now, by its own clock. */
function bindCode(terminal: Pick<Terminal, "terminalId" | "tablet">, clockAheadMs = 0): string {
  const { NETWORK_ID } = gateway.ctx.config
  const body = encodeBindCodeBody({
    algorithm: "ed25519",
    terminal: terminal.terminalId,
    issuedAtSeconds: msToSeconds2024(gateway.clock.nowMs() + clockAheadMs),
    nonce: gateway.ctx.random.bytes(8),
  })
  return bindCodeDigits(body, terminal.tablet.sign(bindCodeMessage(NETWORK_ID, body)))
}

type Said = { readonly bindingId: string; readonly answer: BindAnswer; readonly digits: string }
function answer(terminal: Pick<Terminal, "terminalId">, said: Said, tablet: TestTablet) {
  const message = bindAnswerMessage(gateway.ctx.config.NETWORK_ID, { ...said, terminal: terminal.terminalId })
  return answerBinding(gateway.ctx, { ...said, terminalId: terminal.terminalId, signature: tablet.sign(message) })
}

/** Claimed by the buyer and confirmed by the terminal. */
async function bind(terminal: Terminal, buyer: Actor) {
  const { binding } = await claimBindCode(gateway.ctx, buyer, bindCode(terminal))
  return answer(terminal, { bindingId: binding.id, answer: "confirm", digits: binding.checkDigits }, terminal.tablet)
}
const now = () => new Date(gateway.clock.nowMs())

describe("claiming a bind code", () => {
  test("refuses the wrong actor: only a buyer binds their own wallet", async () => {
    const code = bindCode(await newTerminal())
    // A browser's session is nobody's wallet.
    const browser = (await startWebSession(gateway.ctx)).actor
    for (const actor of [operator, { kind: "merchant", id: "m", siteIds: [], scopes: [] } as const, browser]) {
      expect(await refusalOf(claimBindCode(gateway.ctx, actor, code))).toBe("request/forbidden")
    }
  })

  test("[BI-4] [BI-5] says with whom, and gives both screens the same two digits", async () => {
    const terminal = await newTerminal()
    const claimed = await claimBindCode(gateway.ctx, await newBuyer(), bindCode(terminal))
    expect(claimed.merchant).toMatchObject({ id: terminal.merchantId, stallNumber: "A-12" })
    expect(claimed.binding).toMatchObject({ state: "claimed", checkDigits: expect.stringMatching(/^[0-9]{2}$/) })
    const notices = await gateway.ctx.db
      .select()
      .from(outbox)
      .where(eq(outbox.recipient, terminal.enrolment.terminalId))
    expect(notices.at(-1)?.payload).toMatchObject({
      kind: "binding-claimed",
      bindingId: claimed.binding.id,
      digits: claimed.binding.checkDigits,
    })
  })

  test("[BI-3] [response lost] the same buyer again gets the same binding; another buyer is refused", async () => {
    const [code, buyer] = [bindCode(await newTerminal()), await newBuyer()]
    const first = await claimBindCode(gateway.ctx, buyer, code)
    const again = await claimBindCode(gateway.ctx, buyer, code)
    expect(again.binding).toEqual(first.binding)
    expect(await refusalOf(claimBindCode(gateway.ctx, await newBuyer(), code))).toBe("binding/code-used")
  })

  test("[BI-3] two phones at once on one code: one wins", async () => {
    const [code, one, two] = [bindCode(await newTerminal()), await newBuyer(), await newBuyer()]
    const outcomes = await Promise.all([one, two].map((buyer) => refusalOf(claimBindCode(gateway.ctx, buyer, code))))
    expect(outcomes.sort()).toEqual(["binding/code-used", "not refused"])
  })

  test("[BI-3] lives 90 s by the terminal's learned clock", async () => {
    const terminal = await newTerminal()
    const hourAheadMs = 3_600_000
    const fresh = bindCode(terminal, hourAheadMs)
    expect(await refusalOf(claimBindCode(gateway.ctx, await newBuyer(), fresh))).toBe("binding/code-expired")
    await learnClock(gateway.ctx, {
      terminalId: terminal.terminalId,
      sentAtMs: gateway.clock.nowMs() + hourAheadMs,
      receivedAtMs: gateway.clock.nowMs(),
    })
    expect(await refusalOf(claimBindCode(gateway.ctx, await newBuyer(), fresh))).toBe("not refused")
    const old = bindCode(terminal, hourAheadMs)
    gateway.clock.advance(92_000)
    expect(await refusalOf(claimBindCode(gateway.ctx, await newBuyer(), old))).toBe("binding/code-expired")
  })

  test("[BI-2] [BI-3] refuses what no terminal of ours signed, and a terminal that may not sell", async () => {
    const terminal = await newTerminal()
    const buyer = await newBuyer()
    const claim = (code: string) => refusalOf(claimBindCode(gateway.ctx, buyer, code))
    const forged = bindCode({ ...terminal, tablet: newTablet() })
    expect(await claim(forged)).toBe("terminal/bad-signature")
    expect(await claim(bindCode({ ...terminal, terminalId: 0xff_0000_0000 }))).toBe("terminal/unknown")
    expect(await claim("1".repeat(forged.length))).toBe("binding/code-malformed")
    expect(await claim("123")).toBe("binding/code-malformed")
    await changeTerminalState(gateway.ctx, operator, terminal.terminalId, "suspend", "test")
    expect(await claim(bindCode(terminal))).toBe("terminal/suspended")
  })
})

describe("the terminal's answer", () => {
  test("[BI-8] confirm binds from then on, not before", async () => {
    const [terminal, buyer] = [await newTerminal(), await newBuyer()]
    const { binding } = await claimBindCode(gateway.ctx, buyer, bindCode(terminal))
    expect(await boundMerchant(gateway.ctx.db, buyer.id, now())).toBeUndefined()
    gateway.clock.advance(1_000)
    const said = { bindingId: binding.id, answer: "confirm", digits: binding.checkDigits } as const
    expect(await answer(terminal, said, terminal.tablet)).toMatchObject({ state: "active", validFrom: now() })
    expect(await boundMerchant(gateway.ctx.db, buyer.id, now())).toEqual({
      merchantId: terminal.merchantId,
      siteId: terminal.siteId,
    })
    expect(await boundMerchant(gateway.ctx.db, buyer.id, new Date(gateway.clock.nowMs() - 1))).toBeUndefined()
  })

  test("[response lost] confirm again is success", async () => {
    const [terminal, buyer] = [await newTerminal(), await newBuyer()]
    const bound = await bind(terminal, buyer)
    const said = { bindingId: bound.id, answer: "confirm", digits: bound.checkDigits } as const
    expect(await answer(terminal, said, terminal.tablet)).toEqual(bound)
  })

  test("[BI-5] [BI-6] refuses the wrong actor: another key, another terminal, other digits", async () => {
    const [terminal, another] = [await newTerminal(), await newTerminal()]
    const { binding } = await claimBindCode(gateway.ctx, await newBuyer(), bindCode(terminal))
    const said = { bindingId: binding.id, answer: "confirm", digits: binding.checkDigits } as const
    expect(await refusalOf(answer(terminal, said, another.tablet))).toBe("terminal/bad-signature")
    expect(await refusalOf(answer(another, said, another.tablet))).toBe("request/forbidden")
    const digits = binding.checkDigits === "00" ? "01" : "00"
    expect(await refusalOf(answer(terminal, { ...said, digits }, terminal.tablet))).toBe("binding/digits-differ")
    const message = { ...said, answer: "refuse" as const }
    expect(await refusalOf(answer(another, message, another.tablet))).toBe("request/forbidden")
    expect((await answer(terminal, said, terminal.tablet)).state).toBe("active")
  })

  test("[BI-6] comes too late after 90 s", async () => {
    const terminal = await newTerminal()
    const { binding } = await claimBindCode(gateway.ctx, await newBuyer(), bindCode(terminal))
    gateway.clock.advance(90_001)
    const said = { bindingId: binding.id, answer: "confirm", digits: binding.checkDigits } as const
    expect(await refusalOf(answer(terminal, said, terminal.tablet))).toBe("binding/wrong-state")
  })

  test("refuse ends what had not begun; a confirmation cannot follow", async () => {
    const [terminal, buyer] = [await newTerminal(), await newBuyer()]
    const { binding } = await claimBindCode(gateway.ctx, buyer, bindCode(terminal))
    const said = { bindingId: binding.id, digits: binding.checkDigits }
    expect((await answer(terminal, { ...said, answer: "refuse" }, terminal.tablet)).state).toBe("ended")
    const confirmed = answer(terminal, { ...said, answer: "confirm" }, terminal.tablet)
    expect(await refusalOf(confirmed)).toBe("binding/wrong-state")
    expect(await boundMerchant(gateway.ctx.db, buyer.id, now())).toBeUndefined()
  })
})

describe("a wallet is bound to one merchant at a time", () => {
  test("[BI-7] a second code is refused until the first binding ends", async () => {
    const [one, two, buyer] = [await newTerminal(), await newTerminal(), await newBuyer()]
    const bound = await bind(one, buyer)
    expect(await refusalOf(claimBindCode(gateway.ctx, buyer, bindCode(two)))).toBe("binding/already-bound")
    await releaseBinding(gateway.ctx, buyer, bound.id)
    gateway.clock.advance(1_000)
    await bind(two, buyer)
    expect((await boundMerchant(gateway.ctx.db, buyer.id, now()))?.merchantId).toBe(two.merchantId)
  })

  test("[BI-7] two claims may wait, and only one of them is confirmed", async () => {
    const [one, two, buyer] = [await newTerminal(), await newTerminal(), await newBuyer()]
    const claims = [
      { terminal: one, claimed: await claimBindCode(gateway.ctx, buyer, bindCode(one)) },
      { terminal: two, claimed: await claimBindCode(gateway.ctx, buyer, bindCode(two)) },
    ]
    const outcomes = await Promise.all(
      claims.map(({ terminal, claimed: { binding } }) => {
        const said = { bindingId: binding.id, answer: "confirm", digits: binding.checkDigits } as const
        return refusalOf(answer(terminal, said, terminal.tablet))
      }),
    )
    expect(outcomes.sort()).toEqual(["binding/already-bound", "not refused"])
  })
})

describe("ending a binding", () => {
  test("refuses the wrong actor: another buyer, another site, no scope", async () => {
    const terminal = await newTerminal()
    const bound = await bind(terminal, await newBuyer())
    const another = await newTerminal()
    expect(await refusalOf(releaseBinding(gateway.ctx, await newBuyer(), bound.id))).toBe("binding/unknown")
    for (const actor of [operatorOf(another.siteId), operatorWithout("merchants:write")]) {
      expect(await refusalOf(releaseBinding(gateway.ctx, actor, bound.id))).toBe("request/forbidden")
    }
    const said = { bindingId: bound.id, answer: "end", digits: bound.checkDigits } as const
    expect(await refusalOf(answer(another, said, another.tablet))).toBe("request/forbidden")
  })

  test("[BI-8] either side may, from then on; past purchases stay bound", async () => {
    for (const side of ["buyer", "terminal", "operator"] as const) {
      const [terminal, buyer] = [await newTerminal(), await newBuyer()]
      const bound = await bind(terminal, buyer)
      const before = now()
      gateway.clock.advance(1_000)
      if (side === "buyer") await releaseBinding(gateway.ctx, buyer, bound.id)
      else if (side === "operator") await releaseBinding(gateway.ctx, operatorOf(terminal.siteId), bound.id)
      else {
        const said = { bindingId: bound.id, answer: "end", digits: bound.checkDigits } as const
        await answer(terminal, said, terminal.tablet)
        await answer(terminal, said, terminal.tablet)
      }
      expect(await boundMerchant(gateway.ctx.db, buyer.id, now())).toBeUndefined()
      expect((await boundMerchant(gateway.ctx.db, buyer.id, before))?.merchantId).toBe(terminal.merchantId)
      expect((await listOwnBindings(gateway.ctx.db, buyer)).map((row) => row.state)).toEqual(["ended"])
    }
  })

  test("[BI-9] beginning and end are records of the merchant's side, once each, and name no wallet", async () => {
    const [terminal, buyer] = [await newTerminal(), await newBuyer()]
    const bound = await bind(terminal, buyer)
    gateway.clock.advance(5_000)
    for (let again = 0; again < 2; again += 1) await releaseBinding(gateway.ctx, buyer, bound.id)
    const refused = await claimBindCode(gateway.ctx, buyer, bindCode(terminal))
    const said = { bindingId: refused.binding.id, answer: "refuse", digits: refused.binding.checkDigits } as const
    await answer(terminal, said, terminal.tablet)
    const rows = await gateway.ctx.db
      .select()
      .from(records)
      .where(and(eq(records.kind, RECORD_KINDS.binding), eq(records.siteId, terminal.siteId)))
    const opened = rows.map((row) => {
      const record = decodeRecord("binding", { public: row.publicBytes })
      const id = fromHex(row.recordId)
      if (!record.ok || record.value.kind !== "binding" || !id) throw new Error("not a binding's record")
      expect(hasRecordId(record.value, id)).toBe(true)
      return record.value.public
    })
    expect(opened.map(({ binding, action, endedBy }) => [binding, action, endedBy]).toSorted()).toEqual([
      [bound.id, "begun", undefined],
      [bound.id, "ended", "buyer"],
    ])
    expect(rows.map(({ publicBytes }) => toHex(publicBytes)).join()).not.toContain(buyer.id.replaceAll("-", ""))
  })

  test("[BI-6] a stall's next tablet ends what the lost one began", async () => {
    const [terminal, buyer] = [await newTerminal(), await newBuyer()]
    const bound = await bind(terminal, buyer)
    const next = await enrolTerminal(gateway.ctx, terminal.merchantId)
    const said = { bindingId: bound.id, answer: "end", digits: "00" } as const
    expect((await answer(next, said, next.tablet)).state).toBe("ended")
  })

  test("operators see a stall's bindings, at their site only", async () => {
    const terminal = await newTerminal()
    const bound = await bind(terminal, await newBuyer())
    const listed = await listMerchantBindings(gateway.ctx.db, operatorOf(terminal.siteId), terminal.merchantId)
    expect(listed.map((row) => row.id)).toEqual([bound.id])
    const another = await newTerminal()
    const peeked = listMerchantBindings(gateway.ctx.db, operatorOf(another.siteId), terminal.merchantId)
    expect(await refusalOf(peeked)).toBe("request/forbidden")
  })
})
