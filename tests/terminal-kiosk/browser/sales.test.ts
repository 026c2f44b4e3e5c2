import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { granted } from "../../../scripts/demo/gateway"
import { openWallet, payAt, type Wallet } from "../../../scripts/demo/wallet"
import {
  goTo,
  type KioskMarket,
  openKioskMarket,
  openStall,
  rowsOf,
  START_MS_MAX,
  settle,
  spoken,
  standing,
  unpackTablet,
  untilSent,
  weigh,
} from "./market"

setDefaultTimeout(60_000)

let market: KioskMarket
let buyer: Wallet
beforeAll(async () => {
  market = await openKioskMarket(81)
  buyer = await openWallet(market.gateway, market.sandboxUrl, "顾客", "wechat-pay")
}, START_MS_MAX)
afterAll(async () => {
  await market?.end()
}, START_MS_MAX)

type Sale = { readonly counter: number; readonly code: string; readonly amountFen: number }

const salesAtGateway = async (terminalId: string): Promise<{ counter: number; amountFen: number }[]> => [
  ...(await market.sql<{ counter: number; amountFen: number }[]>`
    SELECT counter::int, amount_fen::int AS "amountFen" FROM sales
    WHERE terminal_id = ${Number.parseInt(terminalId, 16)} ORDER BY counter`),
]

const terminalOf = async (tablet: { readonly page: Parameters<typeof rowsOf>[0] }) => {
  const [identity] = await rowsOf<{ terminal: number }>(tablet.page, "identity")
  return identity!.terminal.toString(16)
}

test("a sale by keyboard alone: the code stands at once, the wallet pays, the tablet says how much came", async () => {
  const tablet = await openStall(market)
  const { page } = tablet
  await weigh(page, "dbc", "2.5")
  await weigh(page, "fq", "1.25")
  const url = await settle(page)
  expect(await page.textContent(".settle-screen .amount")).toBe("¥10.13")
  await payAt(market.gateway, buyer, url)
  await standing(page, "已收款")
  expect(await spoken(page)).toEqual(["收款到账 十元一角三分"])
  await page.keyboard.press("Enter")
  await untilSent(page)
  await goTo(page, "今日")
  await page.locator(".list-row", { hasText: "¥10.13" }).getByText("已收款").waitFor()
  expect(await page.textContent(".day-total strong")).toBe("¥10.13")
  expect(await salesAtGateway(await terminalOf(tablet))).toEqual([{ counter: 1, amountFen: 1013 }])
  expect(tablet.troubles).toEqual([])
  await tablet.context.close()
})

test("from a cold start without any network: sells, six digits hand over, and all of it arrives once afterwards", async () => {
  const tablet = await openStall(market)
  const { page, context } = tablet
  await untilSent(page)
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await context.setOffline(true)
  await page.reload()
  await page.getByText("◔ 离线").waitFor()
  await weigh(page, "dbc", "3")
  const url = await settle(page)
  const state = await payAt(market.gateway, buyer, url)
  await page.click("text=输入六位收款码")
  await page.keyboard.type("000000")
  await page.locator("dialog [role=alert]", { hasText: "还可以试 2" }).waitFor()
  await page.keyboard.type(state.receiptDigits ?? "")
  await standing(page, "收款码正确，可以交货")
  await page.keyboard.press("Enter")
  await weigh(page, "fq", "1")
  await page.click("text=收现金")
  await standing(page, "已收现金")
  expect(await rowsOf(page, "outbox")).toHaveLength(3)
  await context.setOffline(false)
  await page.getByText("✓ 在线").waitFor()
  await untilSent(page)
  expect(await salesAtGateway(await terminalOf(tablet))).toMatchObject([{ amountFen: 540 }, { amountFen: 450 }])
  expect(tablet.troubles).toEqual([])
  await context.close()
})

test("an acknowledgement that is lost on the way: the same bytes go again, and make one sale", async () => {
  const tablet = await openStall(market)
  const { page, context } = tablet
  await untilSent(page)
  let lost = 0
  const sent: string[] = []
  await context.routeWebSocket(/.*/, (socket) => {
    const server = socket.connectToServer()
    socket.onMessage((message) => {
      sent.push(Buffer.from(message as Buffer).toString("hex"))
      server.send(message)
    })
    server.onMessage((message) => {
      const isFirst = lost === 0 && message.includes('"acks"')
      if (isFirst) lost += 1
      // As long as before, and nothing that the terminal knows.
      socket.send(isFirst ? Buffer.from(message.toString().replace('"acks"', '"lost"')) : message)
    })
  })
  await page.reload()
  await page.getByText("✓ 在线").waitFor()
  await weigh(page, "dbc", "1")
  await page.click("text=收现金")
  await standing(page, "已收现金")
  const [upload] = await rowsOf<{ envelope: string }>(page, "outbox")
  await untilSent(page)
  expect(lost).toBe(1)
  expect(sent.filter((bytes) => bytes.includes(upload!.envelope)).length).toBeGreaterThan(1)
  expect(await salesAtGateway(await terminalOf(tablet))).toHaveLength(1)
  await context.close()
})

test("a tab that is killed at any moment of a sale: no number twice, no code that was shown is lost", async () => {
  const tablet = await openStall(market)
  const shown: string[] = []
  let { page } = tablet
  for (let round = 0; round < 5; round += 1) {
    await weigh(page, "dbc", "1")
    if (round % 2 === 0) shown.push(await settle(page))
    // In between nothing says how far it came.
    else await page.click("button.settle", { noWaitAfter: true })
    await page.close({ runBeforeUnload: false })
    page = await tablet.open()
    await page.locator(".places").waitFor()
  }
  const sales = await rowsOf<Sale>(page, "sales")
  const counters = sales.map(({ counter }) => counter)
  expect(new Set(counters).size).toBe(counters.length)
  expect(sales.length).toBeGreaterThanOrEqual(shown.length)
  const digitsOf = (code: string) => BigInt(`0x${code}`).toString()
  for (const url of shown) {
    const digits = url.slice(url.lastIndexOf("/") + 1).replace(/^0+/, "")
    expect(sales.some(({ code }) => digitsOf(code) === digits)).toBe(true)
  }
  await page.getByText("✓ 在线").waitFor()
  await untilSent(page)
  expect((await salesAtGateway(await terminalOf({ page }))).length).toBe(sales.length)
  await tablet.context.close()
})

test("two tabs: the second says so, and goes on when the first is gone", async () => {
  const tablet = await openStall(market)
  const second = await tablet.open()
  await second.getByText("另一个窗口正在使用本终端").waitFor()
  await tablet.page.close()
  await second.locator(".tiles .tile").first().waitFor()
  await tablet.context.close()
})

test("[EN-4] a claim code that was used makes no second terminal, and the screen says why", async () => {
  const code = await market.newClaimCode()
  for (const word of ["指纹一致，开始", "✕"]) {
    const { page, context } = await unpackTablet(market)
    await page.fill("#claim-code", code)
    await page.click("button[type=submit]")
    await page.locator("main", { hasText: word }).waitFor()
    await context.close()
  }
})

test("[EN-9] a revoked terminal takes no more sales, and says whom to call", async () => {
  const tablet = await openStall(market)
  const { page } = tablet
  await weigh(page, "dbc", "1")
  const terminalId = (await terminalOf(tablet)).padStart(10, "0")
  const order = { path: { id: terminalId }, body: { reason: "lost" } }
  granted("revoking", await market.gateway.operator.post("/terminals/{id}/revoke", order))
  await page.locator(".problem", { hasText: "这台终端已作废" }).waitFor()
  expect(await page.isDisabled("button.settle")).toBe(true)
  await tablet.context.close()
})

test("a payment that is under way when the line breaks is unknown: nothing is handed over", async () => {
  const tablet = await openStall(market)
  const { page, context } = tablet
  await weigh(page, "dbc", "1")
  const url = await settle(page)
  const phone = market.gateway.as(buyer.token)
  const digits = url.slice(url.lastIndexOf("/") + 1)
  await phone.post("/p/{digits}/pay", { path: { digits }, body: { platform: buyer.platform } })
  await standing(page, "顾客正在付款")
  await context.setOffline(true)
  await standing(page, "先别交货")
  await context.close()
})

test("a code that stood too long is expired, and a fresh one takes its place", async () => {
  const tablet = await openStall(market)
  const { page } = tablet
  await weigh(page, "dbc", "1")
  const old = await settle(page)
  await page.clock.setSystemTime(Date.now() + 6 * 60_000)
  await standing(page, "码已过期")
  await page.click("button:has-text('换新码')")
  await standing(page, "等顾客扫码")
  const sales = await rowsOf<Sale & { cancelRequested?: boolean }>(page, "sales")
  expect(sales.map(({ cancelRequested }) => cancelRequested)).toEqual([true, undefined])
  expect(old).not.toBe("")
  await tablet.context.close()
})

test("[PC-23] a clock that is three hours wrong is said, and sales go on", async () => {
  const tablet = await openStall(market)
  const { page } = tablet
  await page.clock.setSystemTime(Date.now() + 3 * 3_600_000)
  await page.reload()
  await page.locator(".state-chips", { hasText: "时间不准" }).waitFor()
  await weigh(page, "dbc", "1")
  await page.click("text=收现金")
  await standing(page, "已收现金")
  await untilSent(page)
  await tablet.context.close()
})

test("a cash sale is voided with the owner's PIN only", async () => {
  const tablet = await openStall(market)
  const { page } = tablet
  await weigh(page, "dbc", "1")
  await page.click("text=收现金")
  await standing(page, "已收现金")
  await page.keyboard.press("Enter")
  await goTo(page, "今日")
  await page.click(".list-row")
  await page.click("text=作废这单")
  await page.getByText("店主设置密码").waitFor()
  await page.keyboard.type("2468")
  await page.keyboard.press("Enter")
  // A slip of the finger: not the same twice makes no PIN.
  await page.getByText("店主再输一次密码").waitFor()
  await page.keyboard.type("2486")
  await page.keyboard.press("Enter")
  await page.getByText("两次一样").waitFor()
  await page.keyboard.type("2468")
  await page.keyboard.press("Enter")
  await page.getByText("店主再输一次密码").waitFor()
  await page.keyboard.type("2468")
  await page.keyboard.press("Enter")
  await page.locator(".list-row", { hasText: "已作废" }).waitFor()
  await untilSent(page)
  await tablet.context.close()
})

test("[PY-22] money goes back from the stall, a part and then the rest, with the owner's PIN only; an answer that is lost is unknown", async () => {
  const tablet = await openStall(market)
  const { page, context } = tablet
  await weigh(page, "dbc", "2.5")
  await weigh(page, "fq", "1")
  const url = await settle(page)
  await untilSent(page)
  await payAt(market.gateway, buyer, url)
  await standing(page, "已收款")
  await page.keyboard.press("Enter")
  await goTo(page, "今日")
  await page.click(".list-row")
  const ask = async (amount: string, goods: string) => {
    await page.click("button:has-text('退款（要密码）')")
    await page.getByLabel("退多少").fill(amount)
    await page.click(`dialog button:has-text('${goods}')`)
  }
  const typePin = async () => {
    await page.keyboard.type("2468")
    await page.keyboard.press("Enter")
  }
  const confirm = async (isFirst = false) => {
    await page.click("button:has-text('退回这笔钱')")
    await page.locator("dialog .keypad").waitFor()
    await typePin()
    if (!isFirst) return
    await page.getByText("店主再输一次密码").waitFor()
    await typePin()
  }
  await ask("9.01", "还没交货")
  await page.click("button:has-text('退回这笔钱')")
  await page.locator("dialog [role=alert]", { hasText: "超过了可退的余额" }).waitFor()
  await page.keyboard.press("Escape")
  await ask("4.50", "退回来了，还能卖")
  await page.getByLabel("大白菜 2.5 斤").uncheck()
  await confirm(true)
  const row = (amount: string) => page.locator("dialog li.row", { hasText: `退款 ${amount}` })
  await row("¥4.50").getByText("已退回").waitFor()
  let lost = 0
  await context.route("**/terminals/*/refunds", async (route) => {
    // The gateway did it; nobody hears of it.
    await route.fetch()
    lost += 1
    await route.abort()
  })
  await ask("4.50", "顾客留着（只退钱）")
  await confirm()
  await row("¥4.50").nth(1).getByText("结果不明").waitFor()
  expect(lost).toBeGreaterThan(0)
  await context.unroute("**/terminals/*/refunds")
  await row("¥4.50").nth(1).getByText("已退回").waitFor()
  await page.locator("dialog", { hasText: "已退款 ¥9.00" }).waitFor()
  expect(await page.locator("button:has-text('退款（要密码）')").count()).toBe(0)
  const refunds = await market.sql`
    SELECT amount_fen::int AS fen, goods, lines, state FROM refunds
    WHERE terminal_id = ${Number.parseInt(await terminalOf(tablet), 16)} ORDER BY created_at`
  expect([...refunds]).toEqual([
    { fen: 450, goods: "returned", lines: [[1, 500]], state: "succeeded" },
    { fen: 450, goods: "money-only", lines: [], state: "succeeded" },
  ])
  await context.close()
})
