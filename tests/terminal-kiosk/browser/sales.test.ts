import { expect, test } from "bun:test"
import { granted } from "../../../scripts/demo/gateway"
import { payAt } from "../../../scripts/demo/wallet"
import {
  claim,
  enrolAs,
  factOf,
  goTo,
  openStall,
  putRow,
  rowsOf,
  settle,
  shownCode,
  spoken,
  standing,
  terminalOf,
  typePin,
  unpackTablet,
  untilSent,
  weigh,
} from "./market"
import { readCode } from "./read-code"
import { withMarket } from "./with-market"

const at = withMarket(81)

type Sale = { readonly counter: number; readonly code: string; readonly amountFen: number }

const salesAtGateway = async (terminalId: string): Promise<{ counter: number; amountFen: number }[]> => [
  ...(await at.market.sql<{ counter: number; amountFen: number }[]>`
    SELECT counter::int, amount_fen::int AS "amountFen" FROM sales
    WHERE terminal_id = ${Number.parseInt(terminalId, 16)} ORDER BY counter`),
]

test("a sale by keyboard alone: the code stands at once, the wallet pays, the tablet says how much came", async () => {
  const tablet = await openStall(at.market)
  const { page } = tablet
  await weigh(page, "dbc", "2.5")
  await page.keyboard.press("/")
  await page.keyboard.type("fq")
  await page.keyboard.press("Enter")
  await page.waitForSelector("dialog .keypad")
  await page.keyboard.type("1.25")
  await page.keyboard.down("Enter")
  await page.waitForSelector(".slip-line >> nth=1")
  await page.waitForSelector("input.search:focus")
  // Still held down from the sheet it settles nothing, and opens nothing.
  await page.keyboard.down("Enter")
  expect(await page.locator("dialog, .settle-screen").count()).toBe(0)
  await page.keyboard.up("Enter")
  await page.keyboard.press("Enter")
  const url = await shownCode(page)
  expect(await page.textContent(".settle-screen .amount")).toBe("¥10.13")
  await payAt(at.market.gateway, at.buyer, url)
  await standing(page, "已收款")
  expect(await spoken(page)).toEqual(["收款到账 十元一角三分"])
  await page.keyboard.press("Enter")
  await untilSent(page)
  await goTo(page, "今日")
  await page.locator(".list-row", { hasText: "¥10.13" }).getByText("已收款").waitFor()
  expect(await page.textContent(".day-total strong")).toBe("¥10.13")
  expect(await salesAtGateway(await terminalOf(tablet.page))).toEqual([{ counter: 1, amountFen: 1013 }])
  expect(tablet.troubles).toEqual([])
  await tablet.context.close()
})

test("from a cold start without any network: sells, six digits hand over, and all of it arrives once afterwards", async () => {
  const tablet = await openStall(at.market)
  const { page, context } = tablet
  await untilSent(page)
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await context.setOffline(true)
  await page.reload()
  await page.getByText("◔ 离线").waitFor()
  await weigh(page, "dbc", "3")
  const url = await settle(page)
  await page.click("button:has-text('转向顾客')")
  const turned = page.locator(".turned-side")
  await turned.getByText("摊位离线：付款后请报六位收款码").waitFor()
  const state = await payAt(at.market.gateway, at.buyer, url)
  await page.click("text=输入六位收款码")
  await page.keyboard.type("000000")
  await page.locator("dialog [role=alert]", { hasText: "还可以试 2" }).waitFor()
  await page.keyboard.type(state.receiptDigits ?? "")
  await standing(page, "收款码正确，可以交货")
  await turned.getByText("已付款，谢谢").waitFor()
  await page.keyboard.press("Enter")
  await weigh(page, "fq", "1")
  await page.click("text=收现金")
  await standing(page, "已收现金")
  expect(await rowsOf(page, "outbox")).toHaveLength(3)
  await context.setOffline(false)
  await page.getByText("✓ 在线").waitFor()
  await untilSent(page)
  expect(await salesAtGateway(await terminalOf(tablet.page))).toMatchObject([{ amountFen: 540 }, { amountFen: 450 }])
  expect(tablet.troubles).toEqual([])
  await context.close()
})

test("an acknowledgement that is lost on the way: the same bytes go again, and make one sale", async () => {
  const tablet = await openStall(at.market)
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
  expect(await salesAtGateway(await terminalOf(tablet.page))).toHaveLength(1)
  await context.close()
})

test("a tab that is killed at any moment of a sale: no number twice, no code that was shown is lost", async () => {
  const tablet = await openStall(at.market)
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
  expect((await salesAtGateway(await terminalOf(page))).length).toBe(sales.length)
  await tablet.context.close()
})

test("two tabs: the second says so, and goes on when the first is gone", async () => {
  const tablet = await openStall(at.market)
  const second = await tablet.open()
  await second.getByText("另一个窗口正在使用本终端").waitFor()
  await tablet.page.close()
  await second.locator(".tiles .tile").first().waitFor()
  await tablet.context.close()
})

test("[EN-4] a claim code that was used makes no second terminal, and the screen says why", async () => {
  const code = await at.market.newClaimCode()
  for (const word of ["知道了，开始", "✕"]) {
    const { page, context } = await unpackTablet(at.market)
    await claim(page, code)
    await page.locator("main", { hasText: word }).waitFor()
    await context.close()
  }
})

test("[EN-1] [EN-7] the claim code is scanned off the operator's screen, and that screen takes the tablet's fingerprint", async () => {
  const { gateway, browser, merchantId, operatorToken } = at.market
  const desk = await (await browser.newContext({ locale: "zh-CN" })).newPage()
  await desk.goto(`${gateway.url}/office`)
  await desk.fill("input[name=token]", operatorToken)
  await desk.keyboard.press("Enter")
  await desk.waitForSelector("nav.office")
  await desk.goto(`${gateway.url}/office/merchants/${merchantId}`)
  await desk.click("button:has-text('发一个领用码')")
  const scanned = await readCode(desk.locator(".claim-picture"))
  expect(await desk.textContent("[role=status]")).toBe(scanned)

  const tablet = await unpackTablet(at.market)
  const { context } = tablet
  await context.addInitScript((code) => {
    const detect = async () => [{ rawValue: code }]
    const camera = async () => document.createElement("canvas").captureStream(5)
    Object.assign(globalThis, {
      BarcodeDetector: class {
        detect = detect
      },
    })
    Object.defineProperty(navigator, "mediaDevices", { value: { getUserMedia: camera } })
    HTMLMediaElement.prototype.play = async () => {}
  }, scanned)
  await tablet.page.close()
  const page = await tablet.open()
  await page.click("button:has-text('扫码')")
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>("#claim-code")?.value !== "")
  await claim(page, await page.inputValue("#claim-code"))
  await page.getByText("请管理员站到这块屏前").waitFor()
  const fingerprint = (await page.textContent(".fingerprint")) ?? ""
  await page.click("button:has-text('知道了，开始')")
  await page.locator(".problem", { hasText: "还没有核对指纹" }).waitFor()
  await desk.goto(`${gateway.url}/office/terminals/${await terminalOf(page)}`)
  await desk.fill("input[name=fingerprint]", fingerprint)
  await desk.keyboard.press("Enter")
  await page.locator(".problem").waitFor({ state: "detached" })
  await desk.context().close()
  await context.close()
})

test("[EN-9] a revoked terminal takes no more sales, says whom to call, and is enrolled anew once its sales are saved", async () => {
  const tablet = await openStall(at.market)
  const { page } = tablet
  await weigh(page, "dbc", "2")
  await page.click("text=收现金")
  await standing(page, "已收现金")
  await page.keyboard.press("Enter")
  await weigh(page, "dbc", "1")
  const terminalId = await terminalOf(page)
  const order = { path: { id: terminalId }, body: { reason: "lost" } }
  granted("revoking", await at.market.gateway.operator.post("/terminals/{id}/revoke", order))
  await page.locator(".problem", { hasText: "这台终端已作废" }).waitFor()
  expect(await page.isDisabled("button.settle")).toBe(true)
  // Without a line it is known, too.
  await tablet.context.setOffline(true)
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await page.reload()
  await page.locator(".problem", { hasText: "这台终端已作废" }).waitFor()
  await tablet.context.setOffline(false)
  const refund = {
    id: "r",
    counter: 1,
    amountFen: 100,
    goods: "money-only",
    lines: [],
    signature: "",
    state: "unknown",
  }
  await putRow(page, "refunds", "r", { ...refund, askedAtMs: Date.now() })
  await putRow(page, "openRefunds", "r", { counter: 1 })
  await goTo(page, "本机")
  const clear = page.locator("button", { hasText: "清空，重新启用" })
  expect(await clear.isDisabled()).toBe(true)
  const saving = page.waitForEvent("download")
  await page.click("button:has-text('存下近七天的账')")
  const saved = await Bun.file(await (await saving).path()).text()
  expect(saved).toContain("大白菜")
  expect(saved).toContain("¥1.00 · 顾客留着（只退钱）")
  await clear.click()
  await typePin(page)
  await page.waitForSelector("#claim-code")
  await enrolAs(page, await at.market.newClaimCode())
  expect(await terminalOf(page)).not.toBe(terminalId)
  await tablet.context.close()
})

test("a payment that is under way when the line breaks is unknown: nothing is handed over", async () => {
  const tablet = await openStall(at.market)
  const { page, context } = tablet
  await weigh(page, "dbc", "1")
  const url = await settle(page)
  const phone = at.market.gateway.as(at.buyer.token)
  const digits = url.slice(url.lastIndexOf("/") + 1)
  await phone.post("/p/{digits}/pay", { path: { digits }, body: { platform: at.buyer.platform } })
  await standing(page, "顾客正在付款")
  await context.setOffline(true)
  await standing(page, "先别交货")
  // Three tries at the digits; opened again, nobody types a fourth.
  await page.click("text=输入六位收款码")
  for (const answer of ["还可以试 2", "还可以试 1", "三次都不对"]) {
    await page.keyboard.type("000000")
    await page.locator("dialog [role=alert]", { hasText: answer }).waitFor()
  }
  await page.click("dialog button:has-text('知道了')")
  await page.click("text=输入六位收款码")
  await page.locator("dialog [role=alert]", { hasText: "三次都不对" }).waitFor()
  expect(await page.locator("dialog .keypad").count()).toBe(0)
  await context.close()
})

test("a code that stood too long is expired, and a fresh one takes its place", async () => {
  const tablet = await openStall(at.market)
  const { page } = tablet
  await weigh(page, "dbc", "1")
  const old = await settle(page)
  await page.clock.setSystemTime(Date.now() + 6 * 60_000)
  await standing(page, "码已过期")
  await page.click("button:has-text('换新码')")
  await standing(page, "等顾客扫码")
  const sales = await rowsOf<Sale & { cancelRequested?: boolean }>(page, "sales")
  expect(sales.map(({ cancelRequested }) => cancelRequested)).toEqual([true, undefined])
  expect(await readCode(page.locator(".code-side .qr"))).not.toBe(old)
  await tablet.context.close()
})

test("[PC-23] a clock that is three hours wrong is said, and sales go on", async () => {
  const tablet = await openStall(at.market)
  const { page } = tablet
  await page.clock.setSystemTime(Date.now() + 3 * 3_600_000)
  await page.reload()
  await page.locator(".state-chips", { hasText: "时间不准" }).waitFor()
  await weigh(page, "dbc", "1")
  await page.click("text=收现金")
  await standing(page, "已收现金")
  await page.keyboard.press("Enter")
  await untilSent(page)
  await goTo(page, "本机")
  await page.locator("[role=alert]", { hasText: "平板的时间快了 180 分钟" }).waitFor()
  for (const [term, fact] of [
    ["网络", /^在线$/],
    ["待上传", /^0$/],
    ["未了退款", /^0$/],
    ["最近同步", /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/],
    ["时钟差", /^-10(799|800)\.\d s$/],
    ["剩余空间", /^[1-9]\d* \/ [1-9]\d* MB$/],
    ["软件版本", /^\S+$/],
  ] as const) {
    await factOf(page, term).filter({ hasText: fact }).waitFor()
  }
  await tablet.context.close()
})

test("a code that nobody scans turns by quarters, so that a lamp on the glass hides another corner; each way it reads the same", async () => {
  const { page, context } = await openStall(at.market)
  await weigh(page, "dbc", "1")
  const url = await settle(page)
  const code = page.locator(".code-side .qr")
  const angleAfter = (ms: number) =>
    code.evaluate((shown, currentTime) => {
      for (const turning of shown.getAnimations()) {
        turning.pause()
        turning.currentTime = currentTime
      }
      const { a, b } = new DOMMatrix(getComputedStyle(shown).transform)
      return (Math.round((Math.atan2(b, a) / Math.PI) * 180) + 360) % 360
    }, ms)
  const angles: number[] = []
  for (const ms of [0, 3900, 4100, 5300, 6500, 7700]) {
    angles.push(await angleAfter(ms))
    expect(await readCode(code)).toBe(url)
  }
  expect(angles).toEqual([0, 0, 90, 180, 270, 0])
  await context.close()
})

test("a tap on the code, or a key, holds it still where it is, and lets it turn again", async () => {
  const { page, context } = await openStall(at.market)
  await weigh(page, "dbc", "1")
  await settle(page)
  const code = page.locator(".code-side .qr")
  const states = () => code.evaluate((shown) => shown.getAnimations().map(({ playState }) => playState))
  expect(await states()).toEqual(["running"])
  await code.click()
  await page.getByText("已停住").waitFor()
  expect(await states()).toEqual(["paused"])
  await page.getByRole("button", { name: "收款溯源码" }).press("Enter")
  await page.getByText("停住不转").waitFor()
  expect(await states()).toEqual(["running"])
  // Who asked their tablet for stillness has it.
  await page.emulateMedia({ reducedMotion: "reduce" })
  expect(await code.evaluate((shown) => shown.getAnimations().length)).toBe(0)
  await context.close()
})
