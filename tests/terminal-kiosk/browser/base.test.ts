// A base's terminal: harvests, certificates for mixed goods, rapid tests of its own. A wholesaler's: boxes.
import { expect, test } from "bun:test"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { decodeRecord } from "@suyuan/protocol/ledger/record"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import { granted } from "../../../scripts/demo/gateway"
import { addMerchant, addSite } from "../../../scripts/demo/open-world"
import { until as untilSo } from "../../support/broker"
import { enrolAs, goTo, openStall, rowsOf, standing, typePin, unpackTablet, untilSent, weigh } from "./market"
import { takePhoto } from "./take-photo"
import { withMarket } from "./with-market"

const at = withMarket(87)

/** A greenhouse of the base at Zhangbei, with a tablet. */
async function openBase(number: number) {
  const names = { name: "张北蔬菜基地", nameEn: "Zhangbei base" }
  const siteId = await addSite(at.market.gateway, { ...{ kind: "base", number: 851, regionCode: "130722" }, ...names })
  const name = `${number} 号大棚`
  const merchantId = await addMerchant(at.market.gateway, { number, siteId, stallNumber: String(number), name })
  return { merchantId, tablet: await openStall(at.market, { merchantId }) }
}

test("[CV-2] a base enters its own rapid test, and the retest that takes its place", async () => {
  const { tablet, merchantId } = await openBase(851)
  const { page } = tablet
  const enter = async (inhibition: string, verdict: string, withPhoto = false) => {
    await goTo(page, "进货")
    await page.click("button:has-text('登记快检')")
    await page.click("dialog .pick button:has-text('大白菜')")
    await page.click("dialog button[type=submit]")
    await page.locator("dialog [role=alert]", { hasText: "请填样品号" }).waitFor()
    await page.getByLabel("样品号").fill("ZJ-1")
    await page.getByLabel("抑制率").fill(inhibition)
    await page.getByLabel("仪器").fill("NC-800")
    await page.locator("dialog [role=status]", { hasText: verdict }).waitFor()
    if (withPhoto) await takePhoto(page, "dialog input[type=file]")
    if (withPhoto) await page.locator("dialog .taken-photo").waitFor()
    await page.click("dialog button[type=submit]")
    await page.waitForSelector("dialog", { state: "detached" })
    await untilSent(page)
    await page.reload()
    await page.getByText("✓ 在线").waitFor()
  }
  await enter("61.2", "✕ 不合格")
  await untilSo(
    async () => (await rowsOf<{ tests: readonly unknown[] }>(page, "stallTests"))[0]?.tests.length === 1,
    "a test",
  )
  await page.reload()
  await page.getByText("✓ 在线").waitFor()
  await enter("12", "✓ 合格", true)
  const tests = await at.market.sql`
    SELECT conclusion, retest_of IS NOT NULL AS again, superseded_by IS NOT NULL AS superseded,
      EXISTS (SELECT 1 FROM photos WHERE hash = photo AND length(bytes) < 300000) AS photo
    FROM inspections WHERE merchant_id = ${merchantId} ORDER BY tested_at, superseded_by`
  expect([...tests]).toEqual([
    { conclusion: "failed", again: false, superseded: true, photo: false },
    { conclusion: "passed", again: true, superseded: false, photo: true },
  ])
  await tablet.context.close()
})

test("[CT-4] what the gateway drafts for mixed goods is signed on the screen by the owner and is a certificate and a record; for the same goods there is no second one, and that draft is turned away", async () => {
  const { tablet, merchantId } = await openBase(852)
  const { page } = tablet
  await goTo(page, "进货")
  await page.click("button:has-text('登记采收')")
  await page.click("dialog .pick button:has-text('大白菜')")
  await page.getByLabel("重量").fill("100")
  await page.getByLabel("产地").fill("河北张北")
  await page.click("dialog button[type=submit]")
  await page.locator("dialog [role=status]", { hasText: "已登记采收 · 大白菜 100 斤" }).waitFor()
  await page.locator("dialog", { hasText: "现在账面有100 斤" }).waitFor()
  await page.click("dialog button:has-text('知道了')")
  await untilSent(page)
  const draft = async (grams: number) => {
    const goods = { merchantId, commodity: 1036, reason: "mixed" as const, grams, promiseBasis: "自行检测合格" }
    const order = { body: { id: Bun.randomUUIDv7(), ...goods } }
    return granted("drafting a certificate", await at.market.gateway.operator.post("/certificate-drafts", order))
  }
  const [first, second] = [await draft(50_000), await draft(30_000)]

  const sign = async (jin: string) => {
    await page
      .locator(".list-row", { hasText: "待签" })
      .filter({ hasText: `${jin} 斤` })
      .click()
    await page.click("dialog button:has-text('签发')")
    await typePin(page)
  }
  await page.locator(".card", { hasText: "待签合格证" }).getByText("◔ 2").waitFor()
  await sign("100")
  await page.waitForSelector("dialog", { state: "detached" })
  await sign("60")
  await page.locator("dialog [role=alert]", { hasText: "超过了现有存货" }).waitFor()
  await page.click("dialog button:has-text('不开了')")
  await page.getByText("待签合格证").waitFor({ state: "detached" })

  const books = await at.market.sql`
    SELECT drafts.id, drafts.state, certificates.grams::int AS grams, certificates.lot_id AS "lotId", public_bytes AS bytes
    FROM certificate_drafts drafts LEFT JOIN certificates USING (id)
      LEFT JOIN records ON records.record_id = certificates.record_id AND kind = ${RECORD_KINDS.certificate}
    WHERE drafts.merchant_id = ${merchantId} ORDER BY drafts.state DESC`
  expect(books.map(({ bytes: _, ...row }) => row)).toEqual([
    { id: first.id, state: "issued", grams: 50_000, lotId: first.id },
    { id: second.id, state: "discarded", grams: null, lotId: null },
  ])
  const opened = decodeRecord("certificate", { public: books[0]?.bytes })
  const said = opened.ok && opened.value.kind === "certificate" ? opened.value.public : undefined
  expect(said).toMatchObject({ lot: first.id, grams: 50_000, origin: "河北张北", promiseBasis: "自行检测合格" })
  expect(said?.parents?.map(({ certificate }) => toHex(certificate))).toEqual(
    first.parents.map(({ recordId }) => recordId),
  )
  expect((await rowsOf<{ state: string }>(page, "drafts")).map(({ state }) => state)).toEqual(["issued", "discarded"])
  // The browser's own word for the refusal.
  expect(tablet.troubles).toEqual([expect.stringContaining("400")])
  await tablet.context.close()
})

test("a harvest of goods that are on sale changes nothing of what is sold until somebody says so", async () => {
  const { tablet } = await openBase(853)
  const { page } = tablet
  await goTo(page, "进货")
  await page.click("button:has-text('登记采收')")
  await page.click("dialog .pick button:has-text('大白菜')")
  await page.getByLabel("重量").fill("60")
  await page.getByLabel("产地").fill("河北沽源")
  await page.click("dialog button[type=submit]")
  await page.locator("dialog", { hasText: "现在卖的还是原来那批" }).waitFor()
  const tile = async () =>
    (await rowsOf<{ commodity: number; lot?: string; declaredOrigin: string }>(page, "tiles")).find(
      ({ commodity }) => commodity === 1036,
    )
  expect((await tile())?.lot).toBeUndefined()
  await page.click("dialog button:has-text('从现在起卖新的这批')")
  await page.locator("dialog", { hasText: "现在卖的是新的这批" }).waitFor()
  await page.click("dialog button:has-text('知道了')")
  await untilSent(page)
  const [lot] = await at.market.sql`SELECT id FROM lots WHERE declared_origin = '河北沽源'`
  expect(await tile()).toMatchObject({ lot: lot?.id, declaredOrigin: "河北沽源" })
  await tablet.context.close()
})

test("a wholesaler sells by the box: what one weighs is asked once, and the books have the grams of each sale", async () => {
  const { gateway, newClaimCode, sql } = at.market
  const names = { name: "新发地批发市场", nameEn: "Xinfadi wholesale market" }
  const siteId = await addSite(gateway, { ...{ kind: "wholesale", number: 854, regionCode: "110106" }, ...names })
  const stall = { number: 854, siteId, stallNumber: "C-01", name: "蔬菜批发部" }
  const merchantId = await addMerchant(gateway, stall)
  const { page, context } = await unpackTablet(at.market)
  await enrolAs(page, await newClaimCode(merchantId))
  await goTo(page, "进货")
  await page.click(".page-head .primary")
  await page.click("dialog .pick button:has-text('番茄')")
  await page.click("dialog >> text=按件")
  await page.getByLabel("单价").fill("60")
  await page.getByLabel("一件最轻").fill("19")
  await page.getByLabel("一件最重").fill("20")
  await page.click("dialog button[type=submit]")
  await page.waitForSelector("dialog", { state: "detached" })
  await goTo(page, "卖货")
  await weigh(page, "fq", "3")
  await page.locator(".slip-line", { hasText: "3 件" }).waitFor()
  await page.click("text=收现金")
  await standing(page, "已收现金")
  await untilSent(page)
  const sold = await sql`
    SELECT grams_low::int AS low, grams_high::int AS high FROM pile_events
    WHERE merchant_id = ${merchantId} AND source = 'outflow'`
  expect([...sold]).toEqual([{ low: 28_500, high: 30_000 }])
  await context.close()
})
