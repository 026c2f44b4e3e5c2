// The program's data through the templates that WeChat draws: everything that a page says is there to be read, and a
// finger on it reaches the program.
import { afterAll, beforeAll, expect, test } from "bun:test"
import { buildMiniprogram } from "../../../scripts/miniprogram/build-miniprogram"
import { until } from "../../api/payments/platforms"
import { type BuyerWorld, openBuyerWorld } from "./buyer-world"
import { openPhone } from "./phone"
import { openWxml } from "./wxml"

let world: BuyerWorld
let folder: string
beforeAll(async () => {
  folder = await buildMiniprogram("weapp", () => {})
  world = await openBuyerWorld({})
}, 300_000)
afterAll(() => world?.end())

const letters = (text: string) => text.replaceAll(/\s+/g, "")

test("from the scan to the check, each page is drawn whole, and each button that leads on is heard", async () => {
  const { host, scan } = openPhone(world, folder, "weapp")
  /** The page that is open, drawn until nothing has changed beside. */
  async function drawn() {
    const page = openWxml(folder, host.route(), host.hear)
    await until(() => {
      page.show(host.root())
      return letters(page.text()) === letters(host.shown())
    }, `the page is drawn whole: ${page.text()} / ${host.shown()}`)
    return page
  }
  const code = await world.newCode()
  await scan(code)
  const sale = await drawn()
  expect(sale.text()).toContain("¥2.00")
  expect(sale.has("nothing-of-the-kind")).toBe(false)
  sale.tap("pay-wechat-pay")
  await host.until("已付款")

  await world.uploadAndAnchor(code)
  const receipt = await drawn()
  receipt.tap("trace")
  await host.until("存证编号")
  const trace = await drawn()
  trace.tap("verify")
  await host.until("没有发现问题")
  const check = await drawn()
  check.tap("details")
  await host.until("suyuan-proof-1")
  await drawn()
  host.close()
  expect(host.troubles).toEqual([])
})
