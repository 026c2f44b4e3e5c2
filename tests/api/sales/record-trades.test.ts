import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import { records } from "@suyuan/drizzle/schema/ledger"
import { audit } from "@suyuan/drizzle/schema/outbox"
import { saleLines, sales } from "@suyuan/drizzle/schema/sales"
import { pileEvents } from "@suyuan/drizzle/schema/trace"
import { SALE_FLAGS } from "@suyuan/protocol/ledger/kinds/sale"
import { decodeRecord } from "@suyuan/protocol/ledger/record"
import { and, eq } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { gramsOf, type SellingTerminal, sellingTerminal } from "../../support/selling"

setDefaultTimeout(60_000)

let gateway: TestGateway
let stall: SellingTerminal

beforeAll(async () => {
  gateway = await testGateway()
  stall = await sellingTerminal(gateway.ctx)
})
afterAll(() => gateway.close())

const saleOf = async (counter: number, terminalId = stall.terminalId) => {
  const [sale] = await gateway.ctx.db
    .select()
    .from(sales)
    .where(and(eq(sales.terminalId, terminalId), eq(sales.counter, counter)))
  return sale
}
const outflows = (recordId: string) => gateway.ctx.db.select().from(pileEvents).where(eq(pileEvents.recordId, recordId))
const refusals = (acks: readonly { refusal: string | undefined }[]) => acks.map(({ refusal }) => refusal ?? "stored")

describe("an uploaded sale", () => {
  test("in cash becomes a record and leaves the pile, once its snapshot is known", async () => {
    const code = await stall.code(1, [gramsOf(1, 1500), gramsOf(2, 300, 900)])
    expect(refusals(await stall.deliver(await stall.envelope("sale", stall.saleBody(code, "cash"))))).toEqual([
      "stored",
    ])
    expect((await saleOf(1))?.recordId).toBeNull()

    await stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
    const sale = await saleOf(1)
    expect(sale).toMatchObject({ state: "paid", paidBy: "cash", paidFen: 870 })
    const rows = await outflows(sale?.recordId ?? "")
    expect(rows.map(({ gramsHigh, source }) => [gramsHigh, source])).toEqual([
      [1500, "outflow"],
      [300, "outflow"],
    ])
  })

  test("[UP-20] entered by hand leaves the pile when it was sold; in cash, of seven days, never of the future", async () => {
    const enter = async (counter: number, agoSeconds: number, settlement: "cash" | "platform" = "cash") => {
      const code = await stall.code(counter, [gramsOf(1, 250)])
      const soldAtSeconds = code.body.issuedAtSeconds - agoSeconds
      const body = { ...stall.saleBody(code, settlement), soldAtSeconds }
      return refusals(await stall.deliver(await stall.envelope("sale", body)))
    }
    const daySeconds = 86_400
    expect(await enter(501, 2 * daySeconds)).toEqual(["stored"])
    const sale = await saleOf(501)
    const soldAt = new Date((sale?.issuedAt.getTime() ?? 0) - 2 * daySeconds * 1000)
    expect(sale?.effectiveAt).toEqual(soldAt)
    expect((await outflows(sale?.recordId ?? "")).map(({ effectiveAt }) => effectiveAt)).toEqual([soldAt])
    const refused = [await enter(502, -1), await enter(503, 7 * daySeconds + 1), await enter(504, 60, "platform")]
    expect(refused).toEqual(Array(3).fill(["sale/entered-time"]))
    expect([await saleOf(502), await saleOf(503), await saleOf(504)]).toEqual([undefined, undefined, undefined])
  })

  test("that comes again, in any order and company, changes nothing", async () => {
    const first = await stall.envelope("sale", stall.saleBody(await stall.code(2, [gramsOf(1, 500)]), "cash"))
    const second = await stall.envelope("sale", stall.saleBody(await stall.code(3, [gramsOf(1, 700)]), "cash"))
    await stall.deliver(first)
    const before = await saleOf(2)
    expect(refusals(await stall.deliver(second, first, first, second))).toEqual([
      "stored",
      "stored",
      "stored",
      "stored",
    ])
    expect(await saleOf(2)).toEqual(before)
    expect(await outflows(before?.recordId ?? "")).toHaveLength(1)
  })

  test("under a number that names another sale is refused and raised as an alarm", async () => {
    const other = await stall.envelope("sale", stall.saleBody(await stall.code(2, [gramsOf(1, 501)]), "cash"))
    expect(refusals(await stall.deliver(other))).toEqual(["sale/other-bytes"])
    const alarms = await gateway.ctx.db.select().from(audit).where(eq(audit.verb, "sales/other-bytes"))
    expect(alarms).toHaveLength(1)
    expect((await saleOf(2))?.amountFen).toBe(200)
  })

  test("of a known sale has to bring the signature that was checked, or another that is true", async () => {
    const { payCode, ...body } = stall.saleBody(await stall.code(2, [gramsOf(1, 500)]), "cash")
    const forged = payCode.with(-1, (payCode.at(-1) ?? 0) ^ 1)
    const before = await saleOf(2)
    expect(refusals(await stall.deliver(await stall.envelope("sale", { ...body, payCode: forged })))).toEqual([
      "pay-code/bad-signature",
    ])
    expect(await saleOf(2)).toEqual(before)
    expect(refusals(await stall.deliver(await stall.envelope("sale", { ...body, payCode })))).toEqual(["stored"])
  })

  test("of another terminal is refused, and harms none in its group", async () => {
    const neighbour = await sellingTerminal(gateway.ctx)
    const theirs = stall.saleBody(await neighbour.code(1, [gramsOf(1, 400)]), "cash")
    const good = await stall.envelope("sale", stall.saleBody(await stall.code(4, [gramsOf(1, 400)]), "cash"))
    const acks = await stall.deliver(await stall.envelope("sale", theirs), good)
    expect(refusals(acks).toSorted()).toEqual(["stored", "upload/wrong-terminal"])
    expect(await saleOf(1, neighbour.terminalId)).toBeUndefined()
  })

  test("whose envelope was changed on the way is refused", async () => {
    const envelope = await stall.envelope("sale", stall.saleBody(await stall.code(5, [gramsOf(1, 400)]), "cash"))
    envelope[envelope.length - 1] = (envelope.at(-1) ?? 0) ^ 1
    expect(refusals(await stall.deliver(envelope))).toEqual(["upload/bad-signature"])
    expect(await saleOf(5)).toBeUndefined()
  })

  test("unpaid is kept, and enters no pile", async () => {
    const code = await stall.code(6, [gramsOf(1, 400)])
    await stall.deliver(await stall.envelope("sale", stall.saleBody(code)))
    expect(await saleOf(6)).toMatchObject({ state: "presented", recordId: null })
  })

  test("handed over on six digits counts as a trade, shown as known from the code", async () => {
    const code = await stall.code(7, [gramsOf(1, 400)])
    await stall.deliver(await stall.envelope("sale", stall.saleBody(code, "code-only")))
    const sale = await saleOf(7)
    const [record] = await gateway.ctx.db
      .select()
      .from(records)
      .where(eq(records.recordId, sale?.recordId ?? ""))
    const opened = record && decodeRecord("sale", { public: record.publicBytes })
    expect(opened?.ok && opened.value.kind === "sale" && opened.value.public.settlement).toBe("code-only")
  })

  test("reduced by more than a tenth is recorded with a flag and not used for tracing", async () => {
    const code = await stall.code(8, [gramsOf(1, 10_000)], 3000)
    await stall.deliver(await stall.envelope("sale", stall.saleBody(code, "cash")))
    const sale = await saleOf(8)
    expect(sale?.flags).toBe(SALE_FLAGS.reductionOverTolerance)
    expect(sale?.recordId).not.toBeNull()
    expect(await outflows(sale?.recordId ?? "")).toHaveLength(0)
  })

  test("[PC] of nine lines brings its lines, and is recorded with them", async () => {
    const lines = Array.from({ length: 9 }, (_, index) => gramsOf(1 + (index % 2), 100 * (index + 1)))
    const code = await stall.code(9, lines)
    const body = { ...stall.saleBody(code, "cash"), lines }
    await stall.deliver(await stall.envelope("sale", body))
    const sale = await saleOf(9)
    expect(await gateway.ctx.db.select().from(saleLines).where(eq(saleLines.counter, 9))).toHaveLength(9)
    expect(await outflows(sale?.recordId ?? "")).toHaveLength(9)
  })

  test("whose lines contradict the signed digest is kept, flagged and not used", async () => {
    const lines = Array.from({ length: 9 }, (_, index) => gramsOf(1, 100 * (index + 1)))
    const code = await stall.code(10, lines)
    const others = lines.with(0, gramsOf(1, 99))
    const acks = await stall.deliver(await stall.envelope("sale", { ...stall.saleBody(code, "cash"), lines: others }))
    expect(refusals(acks)).toEqual(["stored"])
    const sale = await saleOf(10)
    expect((sale?.flags ?? 0) & SALE_FLAGS.linesContradictCode).not.toBe(0)
    expect(await outflows(sale?.recordId ?? "")).toHaveLength(0)
  })
})

describe("a group of uploads", () => {
  test("drops what is no envelope and keeps the rest", async () => {
    const good = await stall.envelope("sale", stall.saleBody(await stall.code(20, [gramsOf(1, 250)]), "cash"))
    expect(refusals(await stall.deliver(new Uint8Array([1, 2, 3]), good))).toEqual(["stored"])
  })

  test("answers each upload for itself", async () => {
    const envelope = await stall.envelope("sale", stall.saleBody(await stall.code(21, [gramsOf(1, 250)]), "cash"))
    const harvest = await stall.envelope("harvest", {
      lot: gateway.ctx.random.uuid(),
      commodity: 101,
      weightGrams: 1,
      harvestedAtSeconds: 1,
      declaredOrigin: "",
      certificate: undefined,
    })
    expect(refusals(await stall.deliver(harvest, envelope)).toSorted()).toEqual(["stock/only-bases-harvest", "stored"])
  })

  test("a void that comes before its sale is not answered, and comes again", async () => {
    const early = await stall.envelope("void", { counter: 22, reason: "duplicate" })
    expect(await stall.deliver(early)).toEqual([])
    await stall.deliver(await stall.envelope("sale", stall.saleBody(await stall.code(22, [gramsOf(1, 333)]), "cash")))
    expect(refusals(await stall.deliver(early, early))).toEqual(["stored", "stored"])
    const sale = await saleOf(22)
    expect(sale).toMatchObject({ paidFen: sale?.refundedFen ?? -1 })
    const voids = await gateway.ctx.db
      .select()
      .from(pileEvents)
      .where(eq(pileEvents.upstreamRecordId, sale?.recordId ?? ""))
    expect(voids.map(({ source, gramsHigh }) => [source, gramsHigh])).toEqual([["void", 333]])
  })
})
