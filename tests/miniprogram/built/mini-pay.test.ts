// The compiled programs in a phone's host, from a scan through every ending of a payment, against the whole gateway, both
// platforms' sandbox and a chain. Who pays is who `wx.login` or `my.getAuthCode` says.
import { describe, expect, test } from "bun:test"
import { payCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import { builtIn, targets } from "./phone"
import { phonesOfBoth } from "./phones"

const { world, take } = phonesOfBoth()

for (const target of targets) {
  describe(target, () => {
    test("what is known stands there before anybody says who they are; paying asks once, and the receipt follows", async () => {
      const phone = take(target)
      await phone.scan(await world().newCode())
      expect(phone.host.shown()).toContain("全部来自北京")
      expect(phone.host.shown()).toContain("快检合格")
      expect(JSON.stringify(phone.host.root())).toContain(`${builtIn}/test-photos/`)
      expect(phone.seen.logins).toBe(0)
      phone.host.tap(phone.payButton)
      await phone.host.until("已付款 ¥2.00")
      expect(phone.host.shown()).toMatch(/\d{3} \d{3}/)
      expect(phone.seen.logins).toBe(1)
      expect(phone.host.troubles).toEqual([])
    })

    test("a session that the gateway has forgotten is asked for anew, and the payment goes on", async () => {
      const phone = take(target)
      phone.host.kept.set("session", "forgotten")
      await phone.buy(await world().newCode())
      expect(phone.seen.logins).toBe(1)
    })

    test("a platform that lets nobody log in: nothing is paid, and paying is offered again", async () => {
      const phone = take(target)
      phone.seen.hasLogin = false
      await phone.scan(await world().newCode())
      phone.host.tap(phone.payButton)
      await phone.host.until("还没有扣款")
      phone.seen.hasLogin = true
      phone.host.tap(phone.payButton)
      await phone.host.until("已付款 ¥2.00")
    })

    for (const [ending, words] of [
      ["cancels", "您取消了支付"],
      ["fails", "支付没有成功"],
    ] as const) {
      test(`a buyer whose wallet ${ending} reads that nothing was paid, and may pay again`, async () => {
        const { host, scan, payButton } = take(target, { ending })
        await scan(await world().newCode())
        host.tap(payButton)
        await host.until(words)
        expect(host.has(payButton)).toBe(false)
        host.tap("back")
        await host.until("核对店名")
        expect(host.has(payButton)).toBe(true)
      })
    }

    test("a wallet that says nothing clear, when the money has moved: never a second button, then the receipt", async () => {
      const { host, scan, payButton } = take(target, { ending: "says nothing clear", moves: true })
      await scan(await world().newCode())
      host.tap(payButton)
      await host.until("已付款 ¥2.00")
      expect(host.has(payButton)).toBe(false)
    })

    test("a wallet that says nothing clear, when no money has moved: unknown, and no button for as long as it is", async () => {
      const { hears, host, scan, payButton } = take(target, { ending: "says nothing clear" })
      await scan(await world().newCode())
      host.tap(payButton)
      await host.until("还不知道付没付成")
      await hears()
      expect(host.has(payButton)).toBe(false)
    })

    test("a wallet that loses its network, when no money has moved: the result is unknown, and no button is there", async () => {
      const { hears, host, scan, payButton, seen } = take(target, { ending: "loses its network" })
      await scan(await world().newCode())
      host.tap(payButton)
      await host.until("网络断了，结果未知")
      seen.hasNetwork = true
      await hears()
      expect(host.shown()).toContain("网络断了，结果未知")
      expect(host.has(payButton)).toBe(false)
    })

    test("asked for minutes and nothing is known: still not confirmed, no button to pay, and it asks again at a tap", async () => {
      const { host, hears, scan, payButton } = take(target, { ending: "says nothing clear", haste: 1000 })
      const code = await world().newCode()
      await scan(code)
      host.tap(payButton)
      await host.until("仍未确认")
      expect(host.shown()).toContain("请先别取货")
      expect(host.has(payButton)).toBe(false)
      host.tap("ask")
      await host.until("还不知道付没付成")
      await hears()
      expect(host.has(payButton)).toBe(false)
      await world().cancel(code)
      await host.until("这笔已取消")
      expect(host.has(payButton)).toBe(false)
    })

    test("a code that the stall took back says so, and is paid by nobody", async () => {
      const { host, scan, payButton, seen } = take(target)
      const code = await world().newCode()
      await world().cancel(code)
      await scan(code, "这笔已取消")
      expect(host.shown()).toContain("请让摊主重新出码")
      expect(host.has(payButton)).toBe(false)
      expect(seen.logins).toBe(0)
    })

    test("a phone whose network goes when the money has moved, and comes back: then the receipt", async () => {
      const phone = take(target, { ending: "loses its network", moves: true })
      const { host } = phone
      await phone.scan(await world().newCode())
      host.tap(phone.payButton)
      await host.until("网络断了，结果未知")
      expect(host.has(phone.payButton)).toBe(false)
      phone.seen.hasNetwork = true
      await host.until("已付款 ¥2.00")
    })

    test("the code that was paid, scanned once more by its payer: the receipt, and no button", async () => {
      const phone = take(target)
      const code = await world().newCode()
      await phone.buy(code)
      const receipt = /\d{3} \d{3}/.exec(phone.host.shown())?.[0]
      await phone.host.open(`/pages/pay/index?digits=${payCodeDigits(code)}`)
      await phone.host.until("已付款 ¥2.00")
      expect(phone.host.shown()).toContain(receipt as string)
      expect(phone.host.has(phone.payButton)).toBe(false)
    })

    test("the code that was paid, scanned by somebody else: no receipt of theirs, and no button", async () => {
      const payer = take(target)
      const code = await world().newCode()
      await payer.buy(code)
      const digits = /\d{3} \d{3}/.exec(payer.host.shown())?.[0] ?? "none"
      const { host, payButton, scan, seen } = take(target)
      await scan(code, "这一单已有人付了 ¥2.00")
      for (const words of ["已付款", digits, "看它从哪里来", "万一召回"]) expect(host.shown()).not.toContain(words)
      expect(host.has(payButton)).toBe(false)
      expect(seen.logins).toBe(0)
      host.tap("mine")
      await host.until("还没有买过")
    })

    test("a code of another address is refused before anything is asked", async () => {
      const phone = take(target)
      const asked: string[] = []
      phone.onTheWay.change = (path, text) => {
        asked.push(path)
        return text
      }
      await phone.open("https://elsewhere.example/p/123")
      await phone.host.until("请勿付款")
      // Whether all this is a demonstration is asked of our own gateway, whatever was scanned.
      expect(asked.filter((path) => path !== "/ledger/setting")).toEqual([])
    })
  })
}

test("alipay: a program in the background that another code opens shows the other sale", async () => {
  const { host, scan } = take("alipay")
  await scan(await world().newCode())
  await host.until("2.00")
  host.enter({ query: { qrCode: `${builtIn}/p/${payCodeDigits(await world().newCode(1000))}` } })
  await host.until("4.00")
})
