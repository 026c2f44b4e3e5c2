// What goes wrong at a stall that is nobody's fault: each says a plain sentence, and there is a way on.
import { expect, test } from "bun:test"
import { localTime } from "@suyuan/terminal-kiosk/lost/entered-time"
import type { Page } from "playwright-core"
import { granted } from "../../../scripts/demo/gateway"
import { payAt, useWallet } from "../../../scripts/demo/wallet"
import {
  enrolAs,
  factOf,
  goTo,
  openStall,
  putOnSale,
  rowsOf,
  settle,
  standing,
  terminalOf,
  unpackTablet,
  untilSent,
  weigh,
} from "./market"
import { withMarket } from "./with-market"

const at = withMarket(84)

/** Scans, and closes the wallet's sheet without paying. */
async function refusePayment(url: string): Promise<void> {
  const digits = url.slice(url.lastIndexOf("/") + 1)
  const phone = at.market.gateway.as(at.buyer.token)
  const body = { platform: at.buyer.platform }
  const opened = await phone.post("/p/{digits}/pay", { path: { digits }, body })
  const { bridge } = granted("opening a payment", opened)
  await useWallet(at.buyer, bridge ?? undefined, "cancel")
  granted("saying so", await phone.post("/p/{digits}/given-up", { path: { digits }, body: { why: "cancelled" } }))
}

test("[EN-5] [EN-14] a lost store: the tablet is enrolled as another terminal, what was scanned is rebuilt from its codes, the rest is entered by hand", async () => {
  const tablet = await openStall(at.market)
  const { context } = tablet
  let { page } = tablet
  await untilSent(page)
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await context.setOffline(true)
  // A line that is open outlives the browser's own word that it is offline.
  await page.reload()
  await page.getByText("◔ 离线").waitFor()
  const sell = async (jin: string, roundedTo?: string) => {
    await weigh(page, "dbc", jin)
    if (roundedTo !== undefined) {
      await page.click("button:has-text('抹零')")
      await page.click(`dialog button:has-text('${roundedTo}')`)
    }
    const url = await settle(page)
    await page.click("button:has-text('先接下一位')")
    return url
  }
  await payAt(at.market.gateway, at.buyer, await sell("1"))
  await sell("2")
  await refusePayment(await sell("3", "¥5.00"))
  await payAt(at.market.gateway, at.buyer, await sell("4"))
  const lostId = await terminalOf(page)
  await page.close()
  page = await context.newPage()
  await page.goto(`${at.market.gateway.url}/kiosk/display.html`)
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const deleting = indexedDB.deleteDatabase("suyuan-terminal")
        deleting.onsuccess = () => resolve()
        deleting.onerror = () => reject(deleting.error)
      }),
  )
  await context.setOffline(false)
  const order = { path: { id: lostId }, body: { reason: "its memory is gone" } }
  granted("revoking", await at.market.gateway.operator.post("/terminals/{id}/revoke", order))
  await page.close()
  page = await tablet.open()
  await enrolAs(page, await at.market.newClaimCode())
  expect(await terminalOf(page)).not.toBe(lostId)
  await putOnSale(page, "dbc", { price: "1.80", origin: "河北张北" })

  await goTo(page, "今日")
  await page.locator(".lost-notice", { hasText: "已按码补上 2 · 要您看 2" }).click()
  await page.locator(".lost-row", { hasText: "¥1.80" }).getByText("已按码补上").waitFor()
  await page.locator(".lost-row", { hasText: "¥7.20" }).getByText("已按码补上").waitFor()
  const unpaid = page.locator(".lost-row", { hasText: "¥5.00" })
  await unpaid.getByText("扫过码，平台没收到钱").waitFor()
  await page.locator(".lost-row", { hasText: "单号 2 " }).getByText("不用补").click()
  await unpaid.getByText("补录").click()
  const when = unpaid.getByLabel("什么时候卖的")
  const [known, soldAt] = [await when.inputValue(), Date.now() - 26 * 3_600_000]
  expect(known).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/)
  await when.fill(localTime(Date.now() + 3_600_000, "Asia/Shanghai"))
  await unpaid.getByText("下一步").click()
  await unpaid.getByText("时间还没到").waitFor()
  await when.fill(localTime(soldAt, "Asia/Shanghai"))
  await unpaid.getByText("下一步").click()
  await page.locator(".slip-line", { hasText: "¥5.40" }).waitFor()
  // Given up: it stands in the list again.
  await page.click("text=不补了")
  await goTo(page, "今日")
  await page.locator(".lost-notice", { hasText: "要您看 1" }).click()
  await unpaid.getByText("补录").click()
  await when.fill(localTime(soldAt, "Asia/Shanghai"))
  await unpaid.getByText("下一步").click()
  await page.locator(".slip-line", { hasText: "¥5.40" }).waitFor()
  // What was rounded off then stays off.
  await page.locator(".sum", { hasText: "¥5.00" }).waitFor()
  await page.click("text=收现金")
  await standing(page, "已收现金")
  await page.keyboard.press("Enter")
  await goTo(page, "今日")
  await page.locator(".lost-notice", { hasText: "要您看 0" }).waitFor()
  await untilSent(page)
  const recorded = await at.market.sql`
    SELECT terminal_id = ${Number.parseInt(lostId, 16)} AS lost, counter::int, flags,
      round(extract(epoch FROM issued_at - effective_at) / 3600)::int AS hours FROM sales
    WHERE record_id IS NOT NULL AND merchant_id = ${at.market.merchantId} ORDER BY terminal_id, counter`
  expect([...recorded]).toEqual([
    { lost: true, counter: 1, flags: 4, hours: 0 },
    { lost: true, counter: 4, flags: 4, hours: 0 },
    { lost: false, counter: 1, flags: 0, hours: 26 },
  ])
  await context.close()
})

test("[PY-23] a wallet that gives up: the seller reads what to do, and the same code is paid on the next try", async () => {
  const tablet = await openStall(at.market)
  const { page } = tablet
  await weigh(page, "dbc", "1")
  const url = await settle(page)
  // A terminal that had not told the gateway of its goods would not be asked.
  await untilSent(page)
  await refusePayment(url)
  await standing(page, "顾客未付成")
  await payAt(at.market.gateway, at.buyer, url)
  await standing(page, "已收款")
  expect((await rowsOf<{ payment: { paidFen: number } }>(page, "sales"))[0]?.payment.paidFen).toBe(180)
  await tablet.context.close()
})

const fillUp = (page: Page) =>
  page.evaluate(() => {
    IDBObjectStore.prototype.add = () => {
      throw new DOMException("the disk is full", "QuotaExceededError")
    }
  })

test("a tablet that is full: nothing of the sale is kept, a sentence says so, and after opening again it sells", async () => {
  const tablet = await openStall(at.market)
  const { page } = tablet
  await weigh(page, "dbc", "1")
  await fillUp(page)
  await page.click("button.settle")
  await page.locator(".problem", { hasText: "平板存满了，这一单没有记下" }).waitFor()
  expect(await rowsOf(page, "sales")).toEqual([])
  expect(await page.locator(".settle-screen").count()).toBe(0)
  await page.click(".problem button")
  await weigh(page, "dbc", "1")
  await settle(page)
  expect(await rowsOf(page, "sales")).toHaveLength(1)
  await tablet.context.close()
})

test("a tablet that is full says so on the sheet whose goods it did not write down", async () => {
  const { page, context } = await openStall(at.market)
  await goTo(page, "进货")
  await page.click("text=外来货登记")
  await page.fill("dialog input[type=search]", "dbc")
  await page.click("dialog .pick button")
  await page.getByLabel("重量").fill("20")
  await fillUp(page)
  await page.click("dialog button[type=submit]")
  await page.locator("dialog [role=alert]", { hasText: "平板存满了" }).waitFor()
  await page.keyboard.press("Escape")
  await page.locator(".problem", { hasText: "平板存满了" }).locator("button").waitFor()
  await context.close()
})

test("a tablet that may keep nothing says so, and what to change", async () => {
  const context = await at.market.browser.newContext()
  await context.addInitScript(() => {
    Object.defineProperty(globalThis, "indexedDB", {
      value: {
        open() {
          throw new DOMException("site data is forbidden", "SecurityError")
        },
      },
    })
  })
  const page = await context.newPage()
  await page.goto(`${at.market.gateway.url}/kiosk/`)
  await page.getByText("平板不让我们保存数据").waitFor()
  await page.getByRole("button", { name: "重新打开" }).waitFor()
  await context.close()
})

test.each([
  [true, "是"],
  [false, "平板可能清理，请装到桌面"],
])("lasting storage is asked for: granted %p, the terminal says %p", async (isGranted, word) => {
  const before = `
    Object.defineProperty(navigator.storage, "persisted", { value: async () => false })
    Object.defineProperty(navigator.storage, "persist", { value: async () => ${isGranted} })`
  const { page, context } = await unpackTablet(at.market, { before })
  await enrolAs(page, await at.market.newClaimCode())
  await goTo(page, "本机")
  await factOf(page, "数据长期保存").filter({ hasText: word }).waitFor()
  await context.close()
})

test("a scale that is pulled out: the screen says so, a typed weight sells, and plugged in again it weighs", async () => {
  const tablet = await unpackTablet(at.market)
  const { context } = tablet
  // The browser's serial ports as a test has them: one scale of the continuous kind.
  await context.addInitScript(() => {
    let speak: ReadableStreamDefaultController<Uint8Array> | undefined
    let talking: ReturnType<typeof setInterval> | undefined
    let isIn = true
    const port = {
      readable: null as ReadableStream<Uint8Array> | null,
      writable: null,
      open: async () => {
        port.readable = new ReadableStream({
          start: (controller) => {
            speak = controller
          },
        })
      },
      close: async () => {},
      getInfo: () => ({}),
    }
    const serial = Object.assign(new EventTarget(), {
      getPorts: async () => (isIn ? [port] : []),
      requestPort: async () => {
        throw new DOMException("nobody pointed at one", "NotFoundError")
      },
    })
    Object.defineProperty(navigator, "serial", { value: serial })
    Object.assign(globalThis, {
      // By itself and again and again, as that kind does.
      weighs: (text: string) => {
        if (speak === undefined) return false
        const say = () => speak?.enqueue(new TextEncoder().encode(`${text}\r\n`))
        clearInterval(talking)
        talking = setInterval(say, 200)
        say()
        return true
      },
      pullOut: () => {
        isIn = false
        clearInterval(talking)
        speak?.error(new Error("the device has been lost"))
        speak = undefined
      },
      plugIn: () => {
        isIn = true
        serial.dispatchEvent(new Event("connect"))
      },
    })
  })
  await tablet.page.close()
  const page = await tablet.open()
  await enrolAs(page, await at.market.newClaimCode())
  await putOnSale(page, "dbc", { price: "1.80", origin: "" })
  await goTo(page, "本机")
  await page.selectOption("select", "continuous")
  await page.click("button:has-text('连接电子秤')")
  await page.locator("[role=alert]", { hasText: "没有选到秤" }).waitFor()
  await goTo(page, "卖货")
  await page.click(".tile")
  const weighed = (text: string) =>
    page.waitForFunction((frame) => (globalThis as unknown as { weighs(text: string): boolean }).weighs(frame), text)
  await weighed("ST,GS,+  1.250kg")
  await page.locator(".scale-reading", { hasText: "稳定" }).waitFor()
  await page.locator(".line-amount", { hasText: "¥4.50" }).waitFor()
  // What is no longer weighed is not sold: more is laid on, too much, and the scale is gone.
  const sellable = () => page.locator(".line-sheet button:enabled", { hasText: "加入并收款" })
  for (const frame of ["US,GS,+  1.900kg", "OL,GS,+", "ST,GS,+  0.000kg"]) {
    await sellable().waitFor()
    await weighed(frame)
    await page.locator(".line-amount", { hasText: "—" }).waitFor()
    expect(await sellable().count()).toBe(0)
    await weighed("ST,GS,+  1.250kg")
  }
  await sellable().waitFor()
  await page.evaluate(() => (globalThis as unknown as { pullOut(): void }).pullOut())
  await page.locator(".scale-reading", { hasText: "秤没有接上，可以手工输入" }).waitFor()
  await page.locator(".line-amount", { hasText: "—" }).waitFor()
  await page.keyboard.type("2")
  await page.locator(".line-amount", { hasText: "¥3.60" }).waitFor()
  await page.keyboard.press("Enter")
  await page.evaluate(() => (globalThis as unknown as { plugIn(): void }).plugIn())
  await page.click(".tile")
  await weighed("ST,GS,+  0.500kg")
  await page.locator(".line-amount", { hasText: "¥1.80" }).waitFor()
  // What a finger typed is the seller's word, whatever the scale does; until the scale's is asked for again.
  await page.keyboard.type("3")
  await weighed("US,GS,+  0.700kg")
  await page.locator(".scale-reading", { hasText: "还没稳" }).waitFor()
  await page.locator(".line-amount", { hasText: "¥5.40" }).waitFor()
  await weighed("ST,GS,+  0.600kg")
  await page.click(".scale-reading button:has-text('取重')")
  await page.locator(".line-amount", { hasText: "¥2.16" }).waitFor()
  await context.close()
})

test("a new version in the middle of a sale waits for its end, and loses nothing", async () => {
  const tablet = await openStall(at.market)
  const { page, context } = tablet
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await page.reload()
  await weigh(page, "dbc", "1")
  await settle(page)
  // The same worker at another address is another version to a browser.
  await page.evaluate(async () => {
    await navigator.serviceWorker.register("/kiosk/service-worker.js?newer", { scope: "/kiosk/" })
  })
  await page.locator(".problem", { hasText: "新版本已备好，这单收完再更新" }).waitFor()
  expect(await page.isDisabled(".problem button")).toBe(true)
  await page.waitForSelector(".settle-screen .qr")
  await page.click("text=收现金")
  await standing(page, "已收现金")
  await page.keyboard.press("Enter")
  await page.evaluate(() => Object.assign(globalThis, { isOld: true }))
  await page.click(".problem button")
  await page.waitForFunction(() => !("isOld" in globalThis))
  await page.locator(".tiles .tile").first().waitFor()
  expect(await rowsOf(page, "sales")).toHaveLength(1)
  await untilSent(page)
  await context.close()
})

test("a camera that is forbidden says so, and the claim code is typed", async () => {
  const tablet = await unpackTablet(at.market)
  const { context } = tablet
  await context.addInitScript(() => {
    Object.assign(globalThis, { BarcodeDetector: class {} })
    Object.defineProperty(navigator, "mediaDevices", {
      value: { getUserMedia: () => Promise.reject(new DOMException("no", "NotAllowedError")) },
    })
  })
  await tablet.page.close()
  const page = await tablet.open()
  await page.click("button:has-text('扫码')")
  await page.locator("[role=alert]", { hasText: "平板没让用摄像头，请手工输入" }).waitFor()
  await enrolAs(page, await at.market.newClaimCode())
  expect(tablet.troubles).toEqual([])
  await context.close()
})
