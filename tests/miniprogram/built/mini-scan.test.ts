// The compiled programs before paying: how a code reaches them, what they ask for, and what is said where little is known.
import { describe, expect, test } from "bun:test"
import { setPayee } from "@suyuan/api/merchants/set-payee"
import { setStallPhoto } from "@suyuan/api/merchants/stall-photo"
import { changeTerminalState } from "@suyuan/api/terminals/change-terminal-state"
import { terminals } from "@suyuan/drizzle/schema/terminals"
import { errorWords } from "@suyuan/look/errors"
import type { PayCode } from "@suyuan/protocol/terminal/pay-code"
import { payCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import { eq } from "drizzle-orm"
import { drawShareCard } from "../../../api/src/http/pages/share-card"
import { payees, platformsOf, until } from "../../api/payments/platforms"
import { cabbage, gramsOf, type SellingTerminal, sellingTerminal, slotOf } from "../../support/selling"
import { operator } from "../../support/stall"
import { showBindCode } from "./market-steps"
import { builtIn, targets } from "./phone"
import { phonesOfBoth } from "./phones"

const { world, take } = phonesOfBoth()

const addressOf = (code: PayCode) => `${builtIn}/p/${payCodeDigits(code)}`

/** Of whose goods no book tells. */
async function newStall(): Promise<SellingTerminal> {
  const { ctx } = world()
  const stall = await sellingTerminal(ctx, "market", [slotOf(1, cabbage, { declaredOrigin: "山东寿光" })])
  for (const platform of platformsOf) {
    await setPayee(ctx, operator, stall.merchantId, { platform, ...payees[platform] })
  }
  return stall
}

/** The broker has brought no word of it for long. */
async function goesOffline(stall: SellingTerminal): Promise<void> {
  await world().ctx.db.update(terminals).set({ lastSeenAt: null }).where(eq(terminals.id, stall.terminalId))
}

for (const target of targets) {
  describe(target, () => {
    test("one request, and everything that is known stands there, in either language", async () => {
      const { host, onTheWay, scan } = take(target)
      const asked: string[] = []
      onTheWay.change = (path, text) => {
        asked.push(path)
        return text
      }
      const code = await world().newCode()
      await scan(code, "全部来自")
      expect(asked).toEqual([`/p/${payCodeDigits(code)}`])
      expect(host.shown()).toContain("这是本摊今日在售货品，未必是您这一份")
      expect(host.shown()).toMatch(/承诺达标合格证 × \d+ · 按摊上现有的货，您这一份中 [\d%–]+ 有合格证/)
      expect(host.shown()).not.toContain("实心")
      host.tap("origin-0")
      await host.until("实心＝确定有")
      host.tap("language")
      await host.until("Chinese cabbage")
      for (const words of ["All from", "Rapid test passed", "To pay", "Solid: certain"]) {
        expect(host.shown()).toContain(words)
      }
      expect(asked).toHaveLength(1)
    })

    test("opened from a menu it scans by itself: a pay code, a bind code, and nothing of anybody else's", async () => {
      const { host, seen } = take(target)
      host.launch({ path: "pages/pay/index", query: {} })
      await host.open("/pages/pay/index")
      await host.until("请扫描摊位上的收款溯源码")
      // Put away again.
      host.tap("scan")
      seen.before = "https://elsewhere.example/p/123"
      host.tap("scan")
      await host.until("这不是本平台的收款溯源码，请勿付款")
      seen.before = "weixin://something"
      host.tap("scan")
      await host.until("这个码读不出来")
      seen.before = addressOf(await world().newCode())
      host.tap("scan")
      await host.until("大白菜")
      const { digits } = await showBindCode(world())
      await host.open("/pages/pay/index?digits=none")
      await until(() => host.has("scan"), "it may scan again")
      seen.before = `${builtIn}/b/${digits}`
      host.tap("scan")
      await host.until("把这个钱包绑定到摊位")
      expect(host.route()).toBe("pages/bind/index")
      expect(seen.logins).toBe(0)
    })

    test("a stall without a network is said before paying, and the receipt says what to do", async () => {
      const phone = take(target)
      const stall = await newStall()
      await stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
      await goesOffline(stall)
      await phone.scan(await stall.code(1, [gramsOf(1, 500)]), "摊位离线")
      phone.host.tap(phone.payButton)
      await phone.host.until("摊位离线，请报六位收款码")
      expect(phone.host.shown()).toMatch(/\d{3} \d{3}/)
    })

    test("the stall's photo comes from the gateway; where it does not come, a plate with the number stands there", async () => {
      const phone = take(target)
      const stall = await newStall()
      const { ctx } = world()
      await setStallPhoto(ctx, operator, stall.merchantId, drawShareCard({ lines: [], levels: 0 } as never))
      await phone.scan(await stall.code(1, [gramsOf(1, 500)]), "¥2.00")
      expect(JSON.stringify(phone.host.root())).toContain(`${builtIn}/stall-photos/`)
      expect(phone.host.classes()).not.toContain("plate")
      phone.host.miss("stall-photo")
      await until(() => phone.host.classes().includes("plate"), "the plate stands there")
      expect(phone.host.shown()).toContain("摊")
    })

    test("goods that are in no book: unknown, in the seller's own word, and nothing good is said of them", async () => {
      const phone = take(target)
      const stall = await newStall()
      await stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
      await phone.scan(await stall.code(1, [gramsOf(1, 500)]), "来源未知")
      expect(phone.host.shown()).toContain("摊主自述产地 山东寿光")
      expect(phone.host.shown()).toContain("这一样没有存货记录")
      expect(phone.host.shown()).not.toMatch(/快检合格|全部来自/)
      expect(phone.host.has(phone.payButton)).toBe(true)
    })

    test("lines and names that are still to come are said to follow, and the amount can be paid", async () => {
      const phone = take(target)
      const stall = await newStall()
      await phone.scan(await stall.code(1, [gramsOf(1, 500)]), "品名稍后显示")
      expect(phone.host.shown()).toContain("¥2.00")
      const nine = Array.from({ length: 9 }, () => gramsOf(1, 100))
      await phone.scan(await stall.code(2, nine), "商品明细由摊位稍后上传")
      phone.host.tap(phone.payButton)
      await phone.host.until("已付款 ¥3.60")
    })

    test("a code that is none, or of a stall that may not sell: said in words, and no button to pay", async () => {
      const phone = take(target)
      await phone.open(`${builtIn}/p/12345`)
      await phone.host.until("现在不能付款")
      const stall = await newStall()
      await changeTerminalState(world().ctx, operator, stall.terminalId, "revoke", "stolen")
      await phone.scan(await stall.code(1, [gramsOf(1, 500)]), errorWords["terminal/revoked"].zh)
      expect(phone.host.has(phone.payButton)).toBe(false)
    })
  })
}

test("weapp: a program that is open and is entered by another code shows the other sale", async () => {
  const { host, scan } = take("weapp")
  await scan(await world().newCode(), "1 斤")
  await scan(await world().newCode(1000), "2 斤")
  expect(host.shown()).not.toContain("1 斤")
})

test("alipay: a program that is open and is entered by a bind code shows with whom it is", async () => {
  const { host, scan } = take("alipay")
  await scan(await world().newCode())
  const { digits } = await showBindCode(world())
  host.enter({ query: { qrCode: `${builtIn}/b/${digits}` } })
  await host.until("把这个钱包绑定到摊位")
})
