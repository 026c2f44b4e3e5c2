// What is the owner's alone at a stall: the PIN, money that goes back, sales that are voided.
import { expect, test } from "bun:test"
import { payAt } from "../../../scripts/demo/wallet"
import {
  enrolAs,
  goTo,
  openStall,
  putRow,
  rowsOf,
  settle,
  standing,
  terminalOf,
  typePin,
  unpackTablet,
  untilSent,
  weigh,
} from "./market"
import { withMarket } from "./with-market"

const at = withMarket(86)

test("the first PIN is the owner's: it comes with the claim code, and a tablet without one gives nothing away", async () => {
  const { page, context } = await unpackTablet(at.market)
  await page.fill("#claim-code", await at.market.newClaimCode())
  for (const [pin, again] of [
    ["", ""],
    ["123", "123"],
    ["2468", "2486"],
  ] as const) {
    await page.getByLabel("店主密码").fill(pin)
    await page.getByLabel("再输一次密码").fill(again)
    await page.click("button[type=submit]")
    await page.locator("[role=alert]", { hasText: "四到八位数字，两次一样" }).waitFor()
  }
  expect(await rowsOf(page, "identity")).toEqual([])
  await enrolAs(page, await at.market.newClaimCode())
  await goTo(page, "本机")
  await page.getByText("已设置。忘了要由市场发领用码").waitFor()
  // As a version of before enrolled it.
  const [settings] = await rowsOf<{ pin?: object }>(page, "settings")
  await putRow(page, "settings", "the", { ...settings, pin: undefined })
  await page.reload()
  await page.getByText("✓ 在线").waitFor()
  await goTo(page, "本机")
  await page.getByText("这台平板还没有店主密码").waitFor()
  await page.click("button:has-text('绑定进货钱包')")
  await page.locator("dialog [role=alert]", { hasText: "请店主向市场要领用码" }).waitFor()
  await page.click("dialog button:has-text('知道了')")
  expect(await page.locator(".bind-code").count()).toBe(0)
  await context.close()
})

test("a cash sale is voided with the owner's PIN only", async () => {
  const tablet = await openStall(at.market)
  const { page } = tablet
  await weigh(page, "dbc", "1")
  await page.click("text=收现金")
  await standing(page, "已收现金")
  await page.keyboard.press("Enter")
  await goTo(page, "今日")
  await page.click(".list-row")
  await page.click("text=作废这单")
  // A sheet that is put away gives a keyboard back where it was.
  await page.getByText("请输入店主密码").waitFor()
  await page.keyboard.press("Escape")
  await page.locator("button:focus", { hasText: "作废这单" }).waitFor()
  await page.keyboard.press("Enter")
  await typePin(page, "2486")
  await page.locator("dialog [role=alert]", { hasText: "密码不对" }).waitFor()
  await typePin(page)
  await page.locator(".list-row", { hasText: "已作废" }).waitFor()
  await untilSent(page)
  await tablet.context.close()
})

test("after five wrong PINs nobody tries on, nor after a reload", async () => {
  const tablet = await openStall(at.market)
  const { page } = tablet
  await goTo(page, "本机")
  await page.click("button:has-text('绑定进货钱包')")
  for (const left of [4, 3, 2, 1]) {
    await typePin(page, "1357")
    await page.locator("dialog [role=alert]", { hasText: `密码不对，还可以试 ${left}` }).waitFor()
  }
  await typePin(page, "1357")
  const locked = page.locator("dialog [role=alert]", { hasText: "错得太多" })
  await locked.waitFor()
  await page.reload()
  await goTo(page, "本机")
  await page.click("button:has-text('绑定进货钱包')")
  await locked.waitFor()
  await typePin(page)
  expect(await page.isDisabled("dialog .sheet-foot button")).toBe(true)
  expect(await page.locator(".bind-code").count()).toBe(0)
  await tablet.context.close()
})

test("[PY-22] money goes back from the stall, a part and then the rest, with the owner's PIN only; an answer that is lost is unknown", async () => {
  const tablet = await openStall(at.market)
  const { page, context } = tablet
  await weigh(page, "dbc", "2.5")
  await weigh(page, "fq", "1")
  const url = await settle(page)
  await untilSent(page)
  await payAt(at.market.gateway, at.buyer, url)
  await standing(page, "已收款")
  await page.keyboard.press("Enter")
  await goTo(page, "今日")
  await page.click(".list-row")
  const ask = async (amount: string, goods: string) => {
    await page.click("button:has-text('退款（要密码）')")
    await page.getByLabel("退多少").fill(amount)
    await page.click(`dialog button:has-text('${goods}')`)
  }
  const confirm = async () => {
    await page.click("button:has-text('退回这笔钱')")
    await typePin(page)
  }
  await ask("9.01", "还没交货")
  await page.click("button:has-text('退回这笔钱')")
  await page.locator("dialog [role=alert]", { hasText: "超过了可退的余额" }).waitFor()
  await page.keyboard.press("Escape")
  await ask("4.50", "退回来了，还能卖")
  await page.getByLabel("大白菜 2.5 斤").uncheck()
  await confirm()
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
  // One that is under way has its end first.
  await context.unrouteAll({ behavior: "wait" })
  await row("¥4.50").nth(1).getByText("已退回").waitFor()
  await page.locator("dialog", { hasText: "已退款 ¥9.00" }).waitFor()
  expect(await page.locator("button:has-text('退款（要密码）')").count()).toBe(0)
  const refunds = await at.market.sql`
    SELECT amount_fen::int AS fen, goods, lines, state FROM refunds
    WHERE terminal_id = ${Number.parseInt(await terminalOf(page), 16)} ORDER BY created_at`
  expect([...refunds]).toEqual([
    { fen: 450, goods: "returned", lines: [[1, 500]], state: "succeeded" },
    { fen: 450, goods: "money-only", lines: [], state: "succeeded" },
  ])
  await context.close()
})
