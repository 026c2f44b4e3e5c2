import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import { addNamed, dismissName, listUnmapped, mapName } from "@suyuan/api/catalogue/decide-name"
import { publishCatalogue } from "@suyuan/api/catalogue/publish-catalogue"
import { findCommodity, readCatalogue, searchCommodities } from "@suyuan/api/catalogue/read-catalogue"
import { readSeed, seedCatalogue, shelfLifeSourceOf } from "@suyuan/api/catalogue/seed-catalogue"
import { type Meaning, meaningOf } from "@suyuan/api/catalogue/unmapped-names"
import { unmappedMentions, unmappedNames } from "@suyuan/drizzle/schema/matching"
import { commodities } from "@suyuan/drizzle/schema/merchants"
import { pileEvents } from "@suyuan/drizzle/schema/trace"
import { eq, sql } from "drizzle-orm"
import { testApp, tokenOf } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { refusalsOf, secondsOf } from "../../support/goods"
import { type SellingTerminal, sellingTerminal } from "../../support/selling"
import { operator, operatorOf, operatorWithout, refusalOf } from "../../support/stall"

setDefaultTimeout(60_000)

let gateway: TestGateway
let stall: SellingTerminal
beforeAll(async () => {
  gateway = await testGateway()
  stall = await sellingTerminal(gateway.ctx)
  await seedCatalogue(gateway.ctx, operator)
})
afterAll(() => gateway?.close())

const outside = (name: string | undefined, commodity = 0) => ({
  ...{ commodity, weightGrams: 5000, receivedAtSeconds: secondsOf(gateway.ctx), declaredOrigin: "", name },
})
const openName = async (name: string) => {
  const found = (await listUnmapped(gateway.ctx.db, operator)).find((one) => one.name === name)
  if (!found) throw new Error(`${name} does not wait`)
  return found
}
const stored = async (merchantId: string, commodity: number) =>
  (await gateway.ctx.db.select().from(pileEvents).where(eq(pileEvents.merchantId, merchantId))).filter(
    (row) => row.commodity === commodity,
  )

describe("the committed list of commodities", () => {
  test("[NM-1] names each thing once, with initials and synonyms that a catalogue takes", () => {
    const seed = readSeed()
    const names = seed.flatMap(({ nameZh, nameEn, synonyms }) =>
      [nameZh, nameEn, ...synonyms].map((n) => n.toLowerCase()),
    )
    expect(seed.length).toBeGreaterThan(350)
    expect(new Set(names).size).toBe(names.length)
    expect(new Set(seed.map(({ code }) => code)).size).toBe(seed.length)
    for (const { nameZh, nameEn, initials, shelfLifeHours, synonyms } of seed) {
      expect([...nameZh].length).toBeLessThanOrEqual(12)
      expect(nameEn.length).toBeLessThanOrEqual(32)
      expect(initials).toMatch(/^[a-z0-9]{1,32}$/)
      expect(shelfLifeHours).toBeGreaterThanOrEqual(24)
      expect(synonyms.length).toBeLessThanOrEqual(20)
    }
  })

  test("[NM-1] says of each shelf life where it is from, until somebody gives another", async () => {
    for (const entry of readSeed()) expect(shelfLifeSourceOf(entry)).toBeTruthy()
    const answer = await testApp(gateway.ctx).request(`/catalogue/search?text=${encodeURIComponent("番茄")}`)
    const [tomato] = (await answer.json()) as { code: number; shelfLifeHours: number; shelfLifeSource?: string }[]
    expect(tomato?.shelfLifeSource).toBe("assumption")
    expect(shelfLifeSourceOf({ code: tomato?.code ?? 0, shelfLifeHours: 1 })).toBeUndefined()
  })

  test("[NM-1] goes beside what was there, and again changes nothing; 西红柿 is 番茄", async () => {
    const { version, entries } = await readCatalogue(gateway.ctx.db)
    // The operator's own 大白菜 keeps its code and gets the list's other names.
    expect(entries.find(({ nameZh }) => nameZh === "大白菜")).toMatchObject({ code: 101, initials: "dbc" })
    expect((await findCommodity(gateway.ctx.db, "黄芽白"))?.code).toBe(101)
    expect((await findCommodity(gateway.ctx.db, "西红柿"))?.nameZh).toBe("番茄")
    expect((await findCommodity(gateway.ctx.db, "马铃薯"))?.nameZh).toBe("土豆")
    expect(await seedCatalogue(gateway.ctx, operator)).toEqual({ version })
  })

  test("[NM-2] a few keys find it: initials, a part of a name, a synonym", async () => {
    const named = async (text: string) => (await searchCommodities(gateway.ctx.db, text)).map(({ nameZh }) => nameZh)
    expect(await named("fq")).toContain("番茄")
    expect(await named("洋")).toEqual(expect.arrayContaining(["土豆", "葱头"]))
    expect((await named("td"))[0]).toBe("土豆")
    expect(await named("%")).toEqual([])
  })

  test("refuses the wrong actor", async () => {
    for (const actor of [operatorWithout("catalogue:write"), operatorOf(stall.siteId)]) {
      expect(await refusalOf(seedCatalogue(gateway.ctx, actor))).toBe("request/forbidden")
    }
  })
})

describe("a name that the catalogue does not know", () => {
  test("[NM-3] a known one is entered under its commodity; commodity and name together are refused", async () => {
    const tomato = (await findCommodity(gateway.ctx.db, "番茄"))?.code ?? 0
    expect(refusalsOf(await stall.deliver(await stall.envelope("outside-goods", outside("西红柿"))))).toEqual([
      "stored",
    ])
    expect(await stored(stall.merchantId, tomato)).toHaveLength(1)
    const both = await stall.envelope("outside-goods", outside("西红柿", tomato))
    expect(refusalsOf(await stall.deliver(both))).toEqual(["upload/malformed-body"])
    const neither = await stall.envelope("outside-goods", outside(undefined))
    expect(refusalsOf(await stall.deliver(neither))).toEqual(["stock/unknown-commodity"])
  })

  test("[NM-3] [NM-4] waits with its goods for a person, is counted once, and is entered when it is mapped", async () => {
    const upload = await stall.envelope("outside-goods", outside(" 洋茄 "))
    // No answer: the terminal keeps it and sends it again.
    for (let again = 0; again < 3; again += 1) expect(await stall.deliver(upload)).toEqual([])
    const name = await openName("洋茄")
    expect(name).toMatchObject({ mentions: 1, stalls: 1, said: "洋茄" })
    const code = (await findCommodity(gateway.ctx.db, "番茄"))?.code ?? 0
    const before = (await stored(stall.merchantId, code)).length
    const { version } = await readCatalogue(gateway.ctx.db)
    expect(await mapName(gateway.ctx, operator, name.id, code)).toMatchObject({ state: "mapped", commodity: code })
    expect((await findCommodity(gateway.ctx.db, "洋茄"))?.code).toBe(code)
    expect((await readCatalogue(gateway.ctx.db)).version).toBe(version + 1)
    expect(refusalsOf(await stall.deliver(upload))).toEqual(["stored"])
    expect(await stored(stall.merchantId, code)).toHaveLength(before + 1)
    // [response lost] the same decision again is success, another is refused.
    await mapName(gateway.ctx, operator, name.id, code)
    expect(await refusalOf(mapName(gateway.ctx, operator, name.id, 101))).toBe("catalogue/name-decided")
    expect(await refusalOf(dismissName(gateway.ctx, operator, name.id, "no"))).toBe("catalogue/name-decided")
  })

  test("[NM-4] becomes a commodity of its own, or is dismissed and then refused", async () => {
    const [fern, stone] = [
      await stall.envelope("outside-goods", outside("蕨菜")),
      await stall.envelope("outside-goods", outside("石头")),
    ]
    await stall.deliver(fern, stone)
    const added = { code: 9001, nameEn: "Bracken", shelfLifeHours: 72, initials: "jc" }
    const name = await openName("蕨菜")
    expect(await refusalOf(addNamed(gateway.ctx, operator, name.id, { ...added, code: 101 }))).toBe("request/conflict")
    await addNamed(gateway.ctx, operator, name.id, added)
    expect(await findCommodity(gateway.ctx.db, "蕨菜")).toMatchObject({ code: 9001, nameZh: "蕨菜", initials: "jc" })
    await dismissName(gateway.ctx, operator, (await openName("石头")).id, "不是食品")
    expect(refusalsOf(await stall.deliver(fern, stone)).toSorted()).toEqual(["stock/unknown-commodity", "stored"])
  })

  test("[NM-4] makes no catalogue that could not be published: names of 12 characters, 20 synonyms", async () => {
    const { ctx } = gateway
    const [long, one] = ["特别特别特别特别长的菜名一二", "又一个番茄"]
    await stall.deliver(
      await stall.envelope("outside-goods", outside(long)),
      await stall.envelope("outside-goods", outside(one)),
    )
    const added = { code: 9003, nameEn: "Long", shelfLifeHours: 72 }
    const name = await openName(long)
    expect(await refusalOf(addNamed(ctx, operator, name.id, added))).toBe("request/malformed")
    await addNamed(ctx, operator, name.id, { ...added, nameZh: "长名菜" })
    const { version, entries } = await readCatalogue(ctx.db)
    const full = entries.map(({ catalogueVersion: _, ...entry }) => {
      if (entry.nameZh !== "番茄") return entry
      const more = Array.from({ length: 20 - entry.synonyms.length }, (_, i) => `番茄${i}`)
      return { ...entry, synonyms: [...entry.synonyms, ...more] }
    })
    await publishCatalogue(ctx, operator, { version: version + 1, entries: full })
    const code = (await findCommodity(ctx.db, "番茄"))?.code ?? 0
    expect(await refusalOf(mapName(ctx, operator, (await openName(one)).id, code))).toBe("catalogue/synonyms-full")
    // As everybody reads it, it can be published again.
    await publishCatalogue(ctx, operator, { version: version + 2, entries })
  })

  test("[NM-4] a name that is mapped while it is said means what it was mapped to, and waits for nobody", async () => {
    const { ctx } = gateway
    const said = "洋番茄"
    const code = (await findCommodity(ctx.db, "番茄"))?.code ?? 0
    const mention = { mentionId: ctx.random.uuid(), siteId: stall.siteId, merchantId: stall.merchantId }
    const isHeldUp = async () => {
      const waiting = await ctx.db.execute(sql`SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%unmapped_names%'`)
      return waiting.length > 0
    }
    let meaning: Promise<Meaning> | undefined
    await ctx.db.transaction(async (tx) => {
      const row = { id: ctx.random.uuid(), name: said, state: "mapped" as const, commodity: code }
      await tx.insert(unmappedNames).values({ ...row, firstSeenAt: new Date(ctx.clock.nowMs()) })
      await tx
        .update(commodities)
        .set({ synonyms: sql`${commodities.synonyms} || ARRAY[${said}]` })
        .where(eq(commodities.code, code))
      meaning = ctx.db.transaction((other) => meaningOf(ctx, other, said, { ...mention, source: "terminal" }))
      while (!(await isHeldUp()));
    })
    expect(await meaning).toEqual({ kind: "commodity", code })
    const [name] = await ctx.db.select().from(unmappedNames).where(eq(unmappedNames.name, said))
    expect(name?.state).toBe("mapped")
  })

  test("[NM-4] refuses the wrong actor, an unknown name and an unknown commodity, and changes nothing", async () => {
    await stall.deliver(await stall.envelope("outside-goods", outside("香椿")))
    const { id } = await openName("香椿")
    const before = await readCatalogue(gateway.ctx.db)
    const added = { code: 9002, nameEn: "Toon", shelfLifeHours: 72 }
    for (const actor of [operatorWithout("catalogue:write"), operatorOf(stall.siteId)]) {
      for (const verb of [
        mapName(gateway.ctx, actor, id, 101),
        addNamed(gateway.ctx, actor, id, added),
        dismissName(gateway.ctx, actor, id, "no"),
      ]) {
        expect(await refusalOf(verb)).toBe("request/forbidden")
      }
    }
    expect(await refusalOf(mapName(gateway.ctx, operator, id, 777_777))).toBe("stock/unknown-commodity")
    expect(await refusalOf(mapName(gateway.ctx, operator, gateway.ctx.random.uuid(), 101))).toBe(
      "catalogue/name-unknown",
    )
    // A name that another commodity has already cannot become a second one's.
    expect(await refusalOf(addNamed(gateway.ctx, operator, id, { ...added, nameEn: "Potato" }))).toBe(
      "request/malformed",
    )
    expect(await readCatalogue(gateway.ctx.db)).toEqual(before)
    await openName("香椿")
  })

  test("[NM-3] operators of a site see what was said at it", async () => {
    const other = await sellingTerminal(gateway.ctx)
    await other.deliver(await other.envelope("outside-goods", outside("折耳根")))
    const seen = async (siteId: string) =>
      (await listUnmapped(gateway.ctx.db, operatorOf(siteId))).map(({ name }) => name)
    expect(await seen(other.siteId)).toEqual(["折耳根"])
    expect(await seen(stall.siteId)).not.toContain("折耳根")
    expect(await refusalOf(listUnmapped(gateway.ctx.db, operatorWithout("catalogue:write")))).toBe("request/forbidden")
    const [mention] = await gateway.ctx.db
      .select()
      .from(unmappedMentions)
      .where(eq(unmappedMentions.siteId, other.siteId))
    expect(mention).toMatchObject({ source: "outside-goods", merchantId: other.merchantId })
  })

  test("over HTTP: listed, mapped, and the catalogue is searched by everybody", async () => {
    const app = testApp(gateway.ctx)
    const headers = { ...(await tokenOf(gateway.ctx, ["catalogue:write"])), "content-type": "application/json" }
    await stall.deliver(await stall.envelope("outside-goods", outside("番柿")))
    const listed = (await (await app.request("/catalogue/unmapped-names", { headers })).json()) as {
      id: string
      name: string
    }[]
    const id = listed.find(({ name }) => name === "番柿")?.id
    const body = JSON.stringify({ commodity: (await findCommodity(gateway.ctx.db, "番茄"))?.code })
    const mapped = await app.request(`/catalogue/unmapped-names/${id}/map`, { method: "POST", headers, body })
    expect(await mapped.json()).toMatchObject({ state: "mapped", name: "番柿" })
    const found = await (await app.request("/catalogue/search?text=番柿")).json()
    expect(found).toMatchObject([{ nameZh: "番茄" }])
    expect((await app.request("/catalogue/seed", { method: "POST" })).status).toBe(401)
  })
})
