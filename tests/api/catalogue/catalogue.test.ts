import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { type CatalogueEntry, publishCatalogue } from "@suyuan/api/catalogue/publish-catalogue"
import { findCommodity, readCatalogue } from "@suyuan/api/catalogue/read-catalogue"
import { records } from "@suyuan/drizzle/schema/ledger"
import { decodeRecord } from "@suyuan/protocol/ledger/record"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import { eq } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { makeStall, operator, operatorOf, operatorWithout, refusalOf } from "../../support/stall"

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
}, 60_000)
afterAll(() => gateway.close())

const cabbage: CatalogueEntry = {
  code: 2,
  nameZh: "大白菜",
  nameEn: "Chinese cabbage",
  synonyms: ["白菜", "Napa"],
  shelfLifeHours: 240,
}
const pork: CatalogueEntry = { code: 1, nameZh: "白条猪", nameEn: "Pork side", synonyms: [], shelfLifeHours: 48 }
const publish = (version: number, entries: CatalogueEntry[]) =>
  publishCatalogue(gateway.ctx, operator, { version, entries })

describe("the catalogue", () => {
  test("refuses the wrong actor: without the scope, or of one site", async () => {
    const { siteId } = await makeStall(gateway.ctx)
    for (const actor of [operatorWithout("catalogue:write"), operatorOf(siteId)]) {
      const published = publishCatalogue(gateway.ctx, actor, { version: 1, entries: [pork] })
      expect(await refusalOf(published)).toBe("request/forbidden")
    }
  })

  test("publishes versions one by one, each as a record whose codes ascend", async () => {
    expect(await publish(1, [cabbage, pork])).toEqual({ version: 1 })
    expect(await refusalOf(publish(3, [cabbage, pork]))).toBe("catalogue/version-not-next")
    expect(await publish(2, [{ ...cabbage, nameEn: "Napa cabbage" }, pork])).toEqual({ version: 2 })
    expect(await readCatalogue(gateway.ctx.db)).toMatchObject({
      version: 2,
      entries: [{ code: 1 }, { code: 2, nameEn: "Napa cabbage" }],
    })
    const rows = await gateway.ctx.db.select().from(records).where(eq(records.kind, RECORD_KINDS.catalogue))
    const decoded = rows.map((row) => decodeRecord("catalogue", { public: row.publicBytes }))
    const versions = decoded.map((record) => record.ok && record.value.kind === "catalogue" && record.value.public)
    expect(versions).toMatchObject([
      {
        version: 1,
        entries: [
          { code: 1, zh: "白条猪" },
          { code: 2, en: "Chinese cabbage" },
        ],
      },
      { version: 2, entries: [{ code: 1 }, { code: 2, en: "Napa cabbage" }] },
    ])
    expect(rows.every((row) => row.concerned.includes(gateway.ctx.config.LEDGER_LOG))).toBe(true)
  })

  test("[response lost] the newest version again is success; with other entries it is not", async () => {
    const { version, entries } = await readCatalogue(gateway.ctx.db)
    expect(await publish(version, entries)).toEqual({ version })
    expect(await refusalOf(publish(version, [pork, { ...cabbage, nameZh: "别的" }]))).toBe("catalogue/version-not-next")
  })

  test("never loses a commodity, and no name stands for two", async () => {
    const { version } = await readCatalogue(gateway.ctx.db)
    expect(await refusalOf(publish(version + 1, [pork]))).toBe("catalogue/commodity-missing")
    const twin = { ...pork, code: 3, nameZh: "猪", nameEn: "Pig", synonyms: ["白菜"] }
    expect(await refusalOf(publish(version + 1, [pork, cabbage, twin]))).toBe("request/malformed")
    expect(await refusalOf(publish(version + 1, [pork, cabbage, cabbage]))).toBe("request/malformed")
  })

  test("a longer catalogue than one entry holds is recorded in parts", async () => {
    const { version, entries } = await readCatalogue(gateway.ctx.db)
    const more = Array.from({ length: 300 }, (_, i) => ({
      ...{ code: 100 + i, nameZh: `品种${i}`, nameEn: `Commodity ${i}`, synonyms: [], shelfLifeHours: 24 },
    }))
    await publish(version + 1, [...entries, ...more])
    const rows = await gateway.ctx.db.select().from(records).where(eq(records.kind, RECORD_KINDS.catalogue))
    expect(rows.length).toBeGreaterThan(3)
    expect(Math.max(...rows.map((row) => row.publicBytes.length))).toBeLessThan(4_096)
  })

  test("finds goods by name and synonym in any case", async () => {
    for (const name of ["大白菜", "白菜", " napa ", "NAPA CABBAGE"]) {
      expect((await findCommodity(gateway.ctx.db, name))?.code).toBe(2)
    }
    expect(await findCommodity(gateway.ctx.db, "菜")).toBeUndefined()
  })
})
