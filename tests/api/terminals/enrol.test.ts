import { describe, expect, test } from "bun:test"
import { createClaimCode } from "@suyuan/api/terminals/create-claim-code"
import { enrol } from "@suyuan/api/terminals/enrol"
import { claimCodes } from "@suyuan/drizzle/schema/merchants"
import { audit } from "@suyuan/drizzle/schema/outbox"
import { terminals } from "@suyuan/drizzle/schema/terminals"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { claimCodeHash, keyFingerprint } from "@suyuan/protocol/terminal/enrolment"
import { count, eq } from "drizzle-orm"
import { decode } from "hono/jwt"
import type { TestGateway } from "../../support/context"
import { withOwnStall } from "../../support/own-stall"
import {
  enrolmentOf,
  enrolTerminal,
  makeStall,
  newTablet,
  operator,
  operatorOf,
  operatorWithout,
  refusalOf,
  type TestStall,
  testBrokerTokens,
} from "../../support/stall"

let gateway: TestGateway
let stall: TestStall
withOwnStall((own) => {
  gateway = own.gateway
  stall = own.stall
})

const newCode = async (confirmed = false) =>
  (await createClaimCode(gateway.ctx, operator, { merchantId: stall.merchantId, confirmed })).claimCode
const enrolWith = (request: ReturnType<typeof enrolmentOf>) =>
  enrol(gateway.ctx, testBrokerTokens(gateway.ctx), request)
let lastAddress = 0
/** Another address each time, so that one test's wrong guesses are not another's. */
const freshAddress = () => `198.51.100.${++lastAddress}`

describe("claim codes", () => {
  test("refuses the wrong actor: without the scope, at another site, a buyer", async () => {
    const order = { merchantId: stall.merchantId, confirmed: false }
    const another = await makeStall(gateway.ctx)
    for (const actor of [
      operatorWithout("terminals:write"),
      operatorOf(another.siteId),
      { kind: "buyer", id: "b", siteIds: [], scopes: [] } as const,
    ]) {
      expect(await refusalOf(createClaimCode(gateway.ctx, actor, order))).toBe("request/forbidden")
    }
  })

  test("[EN-1] have 50 bits, and only their hash is stored", async () => {
    const code = await newCode()
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/)
    const hash = claimCodeHash(gateway.ctx.config.NETWORK_ID, code)
    const rows = await gateway.ctx.db
      .select()
      .from(claimCodes)
      .where(eq(claimCodes.codeHash, toHex(hash!)))
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain(code.slice(0, 5))
  })

  test("[EN-7] confirm at once in development only", async () => {
    const production = { ...gateway.ctx, config: { ...gateway.ctx.config, SUYUAN_ENV: "production" as const } }
    const order = { merchantId: stall.merchantId, confirmed: true }
    expect(await refusalOf(createClaimCode(production, operator, order))).toBe("request/forbidden")
    const { enrolment } = await enrolTerminal(gateway.ctx, stall.merchantId)
    expect(enrolment.state).toBe("active")
  })

  test("are read as a person types them", () => {
    const hash = (text: string) => toHex(claimCodeHash(1, text) ?? new Uint8Array(0))
    expect(hash("10A2B-C3D4E")).toHaveLength(64)
    expect(hash("lo a2b c3d4e")).toBe(hash("10A2B-C3D4E"))
    expect(hash("10A2B-C3D4U")).toBe("")
    expect(hash("10A2B-C3D4")).toBe("")
    expect(toHex(claimCodeHash(2, "10A2B-C3D4E")!)).not.toBe(hash("10A2B-C3D4E"))
  })
})

describe("enrolment", () => {
  test("[EN-6] gives a claimed terminal its id, receipt key, broker token and fingerprint", async () => {
    const tablet = newTablet()
    const reply = await enrolWith(enrolmentOf(gateway.ctx, tablet, await newCode()))
    const id = Number.parseInt(reply.terminalId, 16)
    expect(reply).toMatchObject({ state: "claimed", networkId: gateway.ctx.config.NETWORK_ID })
    expect(reply.receiptKey).toBe(toHex(gateway.ctx.keys.receiptKey(id)))
    expect(reply.fingerprint).toBe(
      keyFingerprint(gateway.ctx.config.NETWORK_ID, { algorithm: "ed25519", publicKey: tablet.publicKey }),
    )
    expect(reply.stall.merchantId).toBe(stall.merchantId)
    const own = `t/${id % 16}/${reply.terminalId}`
    expect(decode(reply.brokerToken).payload).toMatchObject({
      sub: reply.terminalId,
      acl: { pub: [`${own}/up/#`, `${own}/show/+`], sub: [`${own}/down/#`] },
      exp: Math.floor(gateway.clock.nowMs() / 1000) + 3600,
    })
  })

  test("[EN-4] [response lost] the same key and code again get the same terminal and receipt key", async () => {
    const request = enrolmentOf(gateway.ctx, newTablet(), await newCode())
    const lost = await enrolWith(request)
    const again = await enrolWith(request)
    expect(again.terminalId).toBe(lost.terminalId)
    expect(again.receiptKey).toBe(lost.receiptKey)
  })

  test("[request sent twice at once] makes one terminal", async () => {
    const request = enrolmentOf(gateway.ctx, newTablet(), await newCode())
    const replies = await Promise.all([enrolWith(request), enrolWith(request), enrolWith(request)])
    expect(new Set(replies.map((reply) => reply.terminalId)).size).toBe(1)
  })

  test("[request lost] the code still works afterwards", async () => {
    const code = await newCode()
    gateway.clock.advance(60_000)
    const reply = await enrolWith(enrolmentOf(gateway.ctx, newTablet(), code))
    expect(reply.state).toBe("claimed")
  })

  test("[EN-4] refuses another key on a used code, makes no terminal, and audits it", async () => {
    const code = await newCode()
    const { terminalId } = await enrolWith(enrolmentOf(gateway.ctx, newTablet(), code))
    const [before] = await gateway.ctx.db.select({ n: count() }).from(terminals)
    expect(await refusalOf(enrolWith(enrolmentOf(gateway.ctx, newTablet(), code)))).toBe("claim-code/used")
    const [after] = await gateway.ctx.db.select({ n: count() }).from(terminals)
    expect(after).toEqual(before!)
    const alarms = await gateway.ctx.db.select().from(audit).where(eq(audit.verb, "terminals/claim-code-used-twice"))
    expect(alarms.map((alarm) => alarm.subject)).toContain(terminalId)
  })

  test("[EN-4] two keys at once on one code: one wins", async () => {
    const code = await newCode()
    const outcomes = await Promise.all(
      [newTablet(), newTablet()].map((tablet) => refusalOf(enrolWith(enrolmentOf(gateway.ctx, tablet, code)))),
    )
    expect(outcomes.sort()).toEqual(["claim-code/used", "not refused"])
  })

  test("[EN-1] refuses a code after ten minutes, used or not", async () => {
    const [unused, used] = [await newCode(), await newCode()]
    const request = enrolmentOf(gateway.ctx, newTablet(), used)
    await enrolWith(request)
    gateway.clock.advance(600_000)
    expect(await refusalOf(enrolWith(enrolmentOf(gateway.ctx, newTablet(), unused)))).toBe("claim-code/expired")
    expect(await refusalOf(enrolWith(request))).toBe("claim-code/expired")
  })

  test("[EN-3] refuses a proof by another key, for another code or another network", async () => {
    const [code, other] = [await newCode(), await newCode()]
    const [tablet, thief] = [newTablet(), newTablet()]
    const honest = enrolmentOf(gateway.ctx, tablet, code)
    const proofs = [
      enrolmentOf(gateway.ctx, thief, code).proof,
      enrolmentOf(gateway.ctx, tablet, other).proof,
      enrolmentOf({ ...gateway.ctx, config: { ...gateway.ctx.config, NETWORK_ID: 1 } }, tablet, code).proof,
    ]
    for (const proof of proofs) expect(await refusalOf(enrolWith({ ...honest, proof }))).toBe("claim-code/bad-proof")
    expect((await enrolWith(honest)).state).toBe("claimed")
  })

  test("[EN-3] [EN-5] refuses a key of small order, and a key that another terminal has", async () => {
    const smallOrder = { ...newTablet(), publicKey: Uint8Array.of(1, ...new Uint8Array(31)) }
    expect(await refusalOf(enrolWith(enrolmentOf(gateway.ctx, smallOrder, await newCode())))).toBe(
      "terminal/key-refused",
    )
    const tablet = newTablet()
    await enrolWith(enrolmentOf(gateway.ctx, tablet, await newCode()))
    expect(await refusalOf(enrolWith(enrolmentOf(gateway.ctx, tablet, await newCode())))).toBe("terminal/key-in-use")
  })

  test("[EN-5] never gives a terminal id twice, not even after a rollback", async () => {
    const { db } = gateway.ctx
    const first = await enrolWith(enrolmentOf(gateway.ctx, newTablet(), await newCode()))
    const tablet = newTablet()
    await enrolWith(enrolmentOf(gateway.ctx, tablet, await newCode()))
    // Takes a serial, then fails.
    await refusalOf(enrolWith(enrolmentOf(gateway.ctx, tablet, await newCode())))
    await db.delete(terminals).where(eq(terminals.publicKey, toHex(tablet.publicKey)))
    const last = await enrolWith(enrolmentOf(gateway.ctx, newTablet(), await newCode()))
    expect(Number.parseInt(last.terminalId, 16)).toBe(Number.parseInt(first.terminalId, 16) + 3)
  })

  test("[EN-2] refuses whoever guesses too often, and nobody else", async () => {
    const guesser = freshAddress()
    const guess = (address: string) =>
      refusalOf(enrolWith(enrolmentOf(gateway.ctx, newTablet(), "ZZZZZ-ZZZZZ", address)))
    for (let i = 0; i < 10; i++) expect(await guess(guesser)).toBe("claim-code/unknown")
    expect(await guess(guesser)).toBe("request/too-many")
    const code = await newCode()
    expect(await refusalOf(enrolWith(enrolmentOf(gateway.ctx, newTablet(), code, guesser)))).toBe("request/too-many")
    expect(await guess(freshAddress())).toBe("claim-code/unknown")
    // A household has a whole IPv6 network.
    for (let i = 0; i < 10; i++) expect(await guess(`2001:db8:7:1::${i + 1}`)).toBe("claim-code/unknown")
    expect(await guess("2001:db8:7:1:9::1")).toBe("request/too-many")
    gateway.clock.advance(1_200_000)
    expect(await guess(guesser)).toBe("claim-code/unknown")
  })
})
