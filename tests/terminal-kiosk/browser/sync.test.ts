import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { type KioskMarket, openKioskMarket, openStall, rowsOf, START_MS_MAX, untilSent } from "./market"
import { sellMany } from "./sell-many"

setDefaultTimeout(60_000)

const SALES = 60

let market: KioskMarket
beforeAll(async () => {
  market = await openKioskMarket(85)
}, START_MS_MAX)
afterAll(async () => {
  await market?.end()
}, START_MS_MAX)

test("sixty sales without a network: it returns, and each is at the gateway exactly once, without a person", async () => {
  const { page, context, troubles } = await openStall(market)
  await untilSent(page)
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await context.setOffline(true)
  await page.reload()
  await page.locator(".tile").first().waitFor()
  await sellMany(page, SALES)
  expect(await rowsOf(page, "outbox")).toHaveLength(SALES)
  await context.setOffline(false)
  await page.getByText("✓ 在线").waitFor()
  await untilSent(page)
  const kept = await rowsOf<{ counter: number }>(page, "sales")
  const [identity] = await rowsOf<{ terminal: number }>(page, "identity")
  const stored = await market.sql<{ counter: number }[]>`
    SELECT counter::int FROM sales WHERE terminal_id = ${identity!.terminal} ORDER BY counter`
  expect(kept).toHaveLength(SALES)
  expect(stored.map(({ counter }) => counter)).toEqual(kept.map(({ counter }) => counter))
  expect(await rowsOf(page, "refused")).toEqual([])
  expect(troubles).toEqual([])
  await context.close()
})
