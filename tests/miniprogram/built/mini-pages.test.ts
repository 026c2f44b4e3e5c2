// Every page of the compiled programs without a network and with it again, and what of one's own stands where.
import { describe, expect, test } from "bun:test"
import { buyerWords } from "@suyuan/look/buyer-words"
import { payCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import { until } from "../../api/payments/platforms"
import { showBindCode } from "./market-steps"
import type { Call } from "./mini-host"
import { targets } from "./phone"
import { phonesOfBoth } from "./phones"
import { spokenIn } from "./spoken"

const { world, take, folderOf } = phonesOfBoth()

type Purchase = { readonly counter: number; readonly lines: readonly object[] }
const peppers = { line: 0, name: "杭椒", nameEn: "Peppers", amountFen: 100 }
let known: Purchase = { counter: 0, lines: [] }

for (const target of targets) {
  describe(target, () => {
    test("without a network every page says so, and is there at a tap when it is back", async () => {
      const phone = take(target)
      const { host, seen } = phone
      const code = await world().newCode()
      await phone.buy(code)
      await world().uploadAndAnchor(code)
      host.tap("trace")
      await host.until("存证编号")
      const [, record = ""] = /存证编号\s+([0-9a-f]{32})/.exec(host.shown()) ?? []
      const { digits } = await showBindCode(world())
      const { terminal, counter } = code.body
      for (const [address, words] of [
        [`pay/index?digits=${payCodeDigits(await world().newCode())}`, "核对店名"],
        [`trace/index?record=${record}`, "存证编号"],
        [`verify/index?record=${record}`, "没有发现问题"],
        ["mine/index", "大白菜"],
        ["recall/index", "没有与您有关的召回"],
        ["data/index", "我们这里有您的什么"],
        ["join/index", "显示连接码"],
        ["stall/index", "还没有绑定摊位"],
        [`problem/index?terminal=${terminal.toString(16).padStart(10, "0")}&counter=${counter}`, "这一笔哪里不对"],
        [`bind/index?digits=${digits}`, "这个钱包以后买的货会作为进货"],
      ] as const) {
        seen.hasNetwork = false
        await host.open(`/pages/${address}`)
        await host.until("现在没有网络")
        seen.hasNetwork = true
        host.tap("again")
        await host.until(words)
      }
      expect(host.troubles).toEqual([])
    })

    test("a screen reader is told headings, what drawings say, what is chosen and open, and the names of fields", async () => {
      const { host, buy } = take(target)
      const spoken = () => spokenIn(folderOf(target), target, host.root())
      const code = await world().newCode()
      await buy(code)
      await world().uploadAndAnchor(code)
      expect(spoken()).toContainEqual(expect.objectContaining({ label: expect.stringMatching(/^六位收款码 \d{6}$/) }))
      host.tap("trace")
      await host.until("存证编号")
      expect(spoken()).toContainEqual({ role: "heading", level: "1" })
      expect(spoken()).toContainEqual({ role: "heading", level: "2" })
      expect(spoken()).toContainEqual({ role: "img", label: expect.stringMatching(/^0%–100% 北京/) })
      host.tap("verify")
      await host.until("没有发现问题")
      expect(spoken()).toContainEqual({ expanded: "false" })
      host.tap("details")
      await host.until("suyuan-proof-1")
      expect(spoken()).toContainEqual({ expanded: "true" })
      expect(spoken()).toContainEqual({ role: "status", live: "polite" })
      await host.open("/pages/mine/index")
      await host.until("大白菜")
      expect(spoken()).toContainEqual({ label: "找品名、摊位、日期" })
      const { terminal, counter } = code.body
      await host.open(`/pages/problem/index?terminal=${terminal.toString(16).padStart(10, "0")}&counter=${counter}`)
      await host.until("这一笔哪里不对")
      host.tap("kind-spoiled")
      await host.until("●")
      expect(spoken().filter(({ checked }) => checked === "true")).toEqual([{ role: "radio", checked: "true" }])
    })

    test("the bar above a page names it in the language that was chosen, also when it is come back to", async () => {
      const { host, buy } = take(target)
      const code = await world().newCode()
      await buy(code)
      await world().uploadAndAnchor(code)
      await host.untilBar("溯源付款")
      host.tap("trace")
      await host.until("存证编号")
      await host.untilBar("溯源")
      host.tap("language")
      await host.until("Record number")
      await host.untilBar("Trace")
      host.tap("verify")
      await host.until("Nothing is wrong")
      await host.untilBar("Check it yourself")
      host.tap("language")
      await host.until("没有发现问题")
      host.back()
      await host.untilBar("溯源")
    })

    test("asked too often, a page says so and keeps what it shows; without a session it logs in again", async () => {
      const { host, seen, onTheWay, buy, hears } = take(target)
      const code = await world().newCode()
      await buy(code)
      await world().uploadAndAnchor(code)
      host.tap("trace")
      await host.until("存证编号")
      const [, record = ""] = /存证编号\s+([0-9a-f]{32})/.exec(host.shown()) ?? []
      const addresses = [`trace/index?record=${record}`, `verify/index?record=${record}`]
      const paying = `pay/index?digits=${payCodeDigits(await world().newCode())}`
      for (const address of [paying, ...addresses, "mine/index"]) {
        onTheWay.refuse = (path) =>
          path.startsWith("/ledger/") ? undefined : { status: 429, code: "request/too-many" }
        await host.open(`/pages/${address}`)
        await host.until("过一会儿再试一次")
        expect(host.shown()).not.toMatch(/已被收回|还没有付过款|现在不能付款/)
        onTheWay.refuse = () => undefined
        host.tap("again")
        await host.until("大白菜")
      }
      // Come back to while the gateway is asked too much: what stands there stays.
      onTheWay.refuse = () => ({ status: 429, code: "request/too-many" })
      const heard = hears(1)
      await host.comeBack()
      await heard
      await host.comeBack()
      expect(host.shown()).toContain("大白菜")
      onTheWay.refuse = () => undefined
      const before = seen.logins
      host.kept.delete("session")
      for (const address of addresses) {
        host.kept.delete("session")
        await host.open(`/pages/${address}`)
        await host.until("大白菜")
      }
      expect(seen.logins).toBe(before + 2)
      onTheWay.refuse = (path) =>
        /^\/(traces|proofs)/.test(path) ? { status: 401, code: "request/unauthenticated" } : undefined
      for (const address of addresses) {
        await host.open(`/pages/${address}`)
        await host.until("只给付款的人看")
        expect(host.shown()).not.toContain("已被收回")
      }
    })

    test("a report without a network has not arrived, and says that it is sent once", async () => {
      const { buy, host, seen } = take(target)
      const { body } = await world()
        .newCode()
        .then(async (code) => {
          await buy(code)
          return code
        })
      const terminal = body.terminal.toString(16).padStart(10, "0")
      await host.open(`/pages/problem/index?terminal=${terminal}&counter=${body.counter}`)
      await host.until("这一笔哪里不对")
      host.tap("kind-spoiled")
      await host.until("提交")
      seen.hasNetwork = false
      host.tap("send-report")
      await host.until("没有送到，请再试一次；不会重复提交")
      seen.hasNetwork = true
      host.tap("send-report")
      await host.until("已提交，等市场答复")
      await host.open("/pages/problem/index?terminal=nonsense&counter=1")
      await host.until("没有说是哪一笔")
    })

    test("[OR-4] the receipt is found again among one's purchases, with the six digits of the page after paying", async () => {
      const { buy, host } = take(target)
      await buy(await world().newCode())
      const digits = /\d{3} \d{3}/.exec(host.shown())?.[0] ?? "none"
      await host.open("/pages/mine/index")
      await host.until("大白菜")
      expect(host.shown()).not.toContain(digits)
      host.tap(host.idOf(/^receipt-/))
      await host.until(digits)
      expect(host.shown()).toMatch(/已付款 ¥ 2\.00 · \d{4}-\d\d-\d\d \d\d:\d\d/)
    })

    test("purchases are found by goods and day; what nobody bought is not", async () => {
      const { buy, host } = take(target)
      await buy(await world().newCode())
      await host.open("/pages/mine/index")
      await host.until("大白菜")
      host.typeInto("field", "杭椒")
      await host.until("没有找到")
      host.typeInto("field", "白菜")
      await until(() => !host.shown().includes("没有找到"), "it is found")
      expect(host.shown()).toContain("大白菜")
    })

    test("what is older than the purchases that are here is looked for at the gateway; where it cannot be, that is said", async () => {
      const { buy, host, seen, onTheWay } = take(target)
      await buy(await world().newCode())
      const olderAsked: string[] = []
      onTheWay.change = (path, text) => {
        if (!path.startsWith("/buyers/purchases")) return text
        if (path.includes("before=")) {
          olderAsked.push(path)
          return text.replace(/^.*$/s, JSON.stringify({ purchases: [{ ...known, counter: 9_999, lines: [peppers] }] }))
        }
        const [first] = (JSON.parse(text) as { purchases: Purchase[] }).purchases
        known = first as Purchase
        return JSON.stringify({ purchases: Array.from({ length: 100 }, (_, counter) => ({ ...known, counter })) })
      }
      await host.open("/pages/mine/index")
      await host.until("大白菜")
      expect(olderAsked).toEqual([])
      seen.hasNetwork = false
      host.typeInto("field", "杭椒")
      await host.until(buyerWords.notDone.zh)
      expect(host.shown()).not.toContain("没有找到")
      seen.hasNetwork = true
      host.tap("earlier")
      await until(() => olderAsked.length === 1, "the older ones are asked for")
      await until(() => !host.shown().includes("正在找更早的"), "they are there")
      expect(host.shown()).toContain("杭椒")
      host.typeInto("field", "没人买过")
      await host.until("没有找到")
      expect(olderAsked).toHaveLength(1)
    })

    test("what is used, and for what, is there to be read before anybody has paid or logged in", async () => {
      const { host, seen } = take(target)
      host.launch({ path: "pages/data/index", query: {} })
      await host.open("/pages/data/index")
      await host.until("我们这里还没有您的数据")
      for (const words of ["相机扫码", "剪贴板", "不要手机号、姓名、头像、位置"]) {
        expect(host.shown()).toContain(words)
      }
      expect(host.has("delete-first")).toBe(false)
      expect(seen.logins).toBe(0)
    })

    test("a demonstration says so on pages that no sale opened, and once it is known without asking again", async () => {
      const { host, onTheWay } = take(target)
      const asked: string[] = []
      onTheWay.change = (path, text) => {
        asked.push(path)
        return text
      }
      host.launch({ path: "pages/mine/index", query: {} })
      for (const page of ["mine", "recall", "stall"]) {
        await host.open(`/pages/${page}/index`)
        await host.until("演示环境，不是真的交易")
      }
      expect(asked.filter((path) => path === "/ledger/setting")).toHaveLength(1)
    })

    test("[BY-5] what a stall's wallet bought for itself, or never got, is answered so and may be changed", async () => {
      const phone = take(target)
      const { host } = phone
      const { digits, confirm } = await showBindCode(world())
      host.launch({ path: "pages/bind/index", query: {} })
      await host.open(`/pages/bind/index?digits=${digits}`)
      await host.until("这个钱包以后买的货会作为进货")
      host.tap("bind-agree")
      await host.until("等摊位在终端上确认")
      await confirm()
      await host.until("已绑定")
      const code = await world().newCode()
      await phone.buy(code)
      await world().uploadAndAnchor(code)
      await host.open("/pages/stall/index")
      await host.until("等您确认的进货")
      await until(() => host.idOf(/^private-/) !== "none", "the purchase waits")
      host.type(host.idOf(/^weight-/), "9")
      await host.until("收货 9 kg")
      host.tap(host.idOf(/^accept-/))
      await host.until("重量要在 0 和进货重量之间")
      host.tap(host.idOf(/^private-/))
      await host.until("没有等确认的进货")
      await host.until("自用")
      host.tap(host.idOf(/^change-/))
      await until(() => host.idOf(/^refuse-/) !== "none", "the answer may be changed")
      // The newest answer holds: this clock does not go on by itself.
      world().market.clock.advance(1000)
      host.tap(host.idOf(/^refuse-/))
      // The way to answer closes behind it.
      await host.until("· 没收到 改这一条")
      await host.until("今天还没有进出")
      expect(host.troubles).toEqual([])
    })

    test("the proof that was checked can be kept: as a file where the platform hands files over, else as text", async () => {
      const kept: { readonly name: string; readonly text: string }[] = []
      const given: string[] = []
      const phone = take(target, {
        api: {
          getFileSystemManager: () => ({
            writeFile({ filePath, data, success }: Call<{ readonly filePath: string; readonly data: string }>) {
              kept.push({ name: filePath, text: data })
              success?.({})
            },
          }),
          shareFileMessage: ({ filePath, success }: Call<{ readonly filePath: string }>) => {
            given.push(filePath)
            success?.({})
          },
          setClipboardData: ({ data, success }: Call<{ readonly data: string }>) => {
            kept.push({ name: "clipboard", text: data })
            success?.({})
          },
          setClipboard: ({ text, success }: Call<{ readonly text: string }>) => {
            kept.push({ name: "clipboard", text })
            success?.({})
          },
        },
      })
      const { host, onTheWay } = phone
      let proof = ""
      onTheWay.change = (path, text) => {
        if (path.startsWith("/proofs/")) proof = text
        return text
      }
      const code = await world().newCode()
      await phone.buy(code)
      await world().uploadAndAnchor(code)
      host.tap("trace")
      await host.until("存证编号")
      host.tap("verify")
      await host.until("没有发现问题")
      host.tap("details")
      await host.until("复制证明文件")
      expect(host.has("save-file")).toBe(target === "weapp")
      if (target === "weapp") {
        host.tap("save-file")
        await until(() => given.length === 1, "the file is handed over")
        expect(given[0]).toMatch(/suyuan-proof-[0-9a-f]{12}\.json$/)
        expect(kept).toEqual([{ name: given[0] ?? "", text: proof }])
        kept.length = 0
      }
      host.tap("save")
      await host.until("已复制")
      expect(kept).toEqual([{ name: "clipboard", text: proof }])
      expect(host.troubles).toEqual([])
    })
  })
}
