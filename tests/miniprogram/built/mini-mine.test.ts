// The compiled programs after a payment: leave for a message, one's purchases, a report, joining, forgetting, and a
// stall's wallet, against the whole gateway and both platforms' sandbox.
import { describe, expect, test } from "bun:test"
import { alipayMessageFromConfig } from "@suyuan/api/adapters/alipay-message"
import { wechatMessageFromConfig } from "@suyuan/api/adapters/wechat-message"
import { answerProblem } from "@suyuan/api/problems/answer-problem"
import { listProblems } from "@suyuan/api/problems/read-problems"
import { sendNotices } from "@suyuan/api/recalls/send-notices"
import { purchases } from "@suyuan/drizzle/schema/trace"
import { eq } from "drizzle-orm"
import { jpegOf } from "../../api/inspections/photos"
import { until } from "../../api/payments/platforms"
import { operator } from "../../support/stall"
import { recallAll, showBindCode } from "./market-steps"
import type { Call, HostApi } from "./mini-host"
import { builtIn, type Phone, targets } from "./phone"
import { phonesOfBoth } from "./phones"

const { world, take } = phonesOfBoth()

async function buy(phone: Phone) {
  const code = await world().newCode()
  await phone.buy(code)
  return code
}

/** An album with two pictures and a file that is none, and a canvas that draws them. */
function album(drawn: string[]): HostApi {
  const paths = ["wxfile://one.jpg", "wxfile://two.jpg", "wxfile://broken.jpg"]
  const picture = Buffer.from(jpegOf(1280, 960)).toString("base64")
  const image = () => ({
    ...{ width: 4000, height: 3000, onload() {}, onerror() {} },
    set src(path: string) {
      setTimeout(() => (path.includes("broken") ? this.onerror() : this.onload()), 0)
    },
  })
  const brush = {
    drawImage: (_: object, _x: number, _y: number, width: number, height: number) =>
      void drawn.push(`${width}×${height}`),
  }
  return {
    chooseMedia: ({ success }: Call<object>) =>
      success?.({ tempFiles: paths.map((tempFilePath) => ({ tempFilePath })) }),
    chooseImage: ({ success }: Call<object>) => success?.({ apFilePaths: paths }),
    createOffscreenCanvas: () => ({ getContext: () => brush, createImage: image }) as never,
    canvasToTempFilePath: ({ success }: Call<object>) =>
      success?.({ tempFilePath: "wxfile://drawn.jpg", apFilePath: "wxfile://drawn.jpg" }),
    getFileSystemManager: () => ({
      readFile: ({ filePath, success, fail }: Call<{ readonly filePath: string }>) =>
        filePath.includes("drawn") ? success?.({ data: picture }) : fail?.({ errMsg: "no such file" }),
    }),
  }
}

for (const target of targets) {
  describe(target, () => {
    test("[RC-19] the receipt asks once whether a message may come, the sheet's yes arrives, and a no is a no", async () => {
      const phone = take(target)
      const code = await buy(phone)
      await phone.host.until("万一召回，要告诉您吗")
      phone.host.tap("leave-yes")
      await phone.host.until("召回时会给您发一条消息")
      await phone.scan(code, "已付款")
      expect(phone.host.has("leave-yes")).toBe(false)
      const other = take(target)
      other.seen.allows = false
      await buy(other)
      await other.host.until("万一召回，要告诉您吗")
      other.host.tap("leave-yes")
      await other.host.until("没有允许")
      expect([...phone.host.troubles, ...other.host.troubles]).toEqual([])
    })

    test("[RC-19] a yes without a network is kept on the phone and told later", async () => {
      const phone = take(target)
      await buy(phone)
      await phone.host.until("万一召回，要告诉您吗")
      phone.seen.hasNetwork = false
      phone.host.tap("leave-yes")
      await phone.host.until("连上网络后自动告诉我们")
      phone.seen.hasNetwork = true
      await phone.host.open("/pages/mine/index")
      await phone.host.until("大白菜")
      await until(() => !phone.host.kept.has("leaves-untold"), "the leave is told")
    })

    test("[BY-2] a problem is reported once, and the office's answer stands on its page", async () => {
      const phone = take(target)
      const code = await buy(phone)
      await phone.host.open("/pages/mine/index")
      const { terminal, counter } = {
        terminal: code.body.terminal.toString(16).padStart(10, "0"),
        counter: code.body.counter,
      }
      await phone.host.until("大白菜")
      phone.host.tap(`problem-${terminal}-${counter}`)
      await phone.host.until("这一笔哪里不对")
      phone.host.tap("kind-short-weight")
      phone.host.type("said", "少了二两")
      await phone.host.until("提交")
      phone.host.tap("send-report")
      await phone.host.until("等市场答复")
      await phone.host.until("等待答复")
      const [reported] = await listProblems(world().ctx.db, operator, { state: "open", limit: 1 })
      expect(reported).toMatchObject({ kind: "short-weight", said: "少了二两", counter })
      await answerProblem(world().ctx, operator, { id: reported?.id ?? "", answer: "已请摊主补足" })
      await phone.host.open(`/pages/problem/index?terminal=${terminal}&counter=${counter}`)
      await phone.host.until("已请摊主补足")
      expect([phone.host.has("kind-short-weight"), phone.host.has("kind-spoiled")]).toEqual([false, true])
      await phone.host.open("/pages/mine/index")
      await phone.host.until("市场答复 已请摊主补足")
      expect(phone.host.troubles).toEqual([])
    })

    test("[BY-6] photos go with a report: chosen at a tap, drawn anew, and sent again when they did not arrive", async () => {
      const drawn: string[] = []
      const phone = take(target, { api: album(drawn) })
      const code = await buy(phone)
      const terminal = code.body.terminal.toString(16).padStart(10, "0")
      await phone.host.open(`/pages/problem/index?terminal=${terminal}&counter=${code.body.counter}`)
      await phone.host.until("加照片")
      phone.host.tap("add-photo")
      await phone.host.until("不要照片 2")
      await phone.host.until("有图片打不开或太大")
      expect(phone.host.has("add-photo")).toBe(true)
      expect(drawn).toEqual(["1280×960", "1280×960"])
      phone.host.tap("drop-photo-0")
      await until(() => !phone.host.shown().includes("不要照片 2"), "one is left out")
      phone.host.tap("add-photo")
      await phone.host.until("不要照片 3")
      expect(phone.host.has("add-photo")).toBe(false)
      phone.host.tap("kind-spoiled")
      await phone.host.until("提交")
      // The report arrives, its photos do not; of the first the answer alone is lost.
      phone.onTheWay.change = (path, text) => {
        if (path.endsWith("/photos/0")) Object.assign(phone.seen, { losesAnswers: true, hasNetwork: false })
        return text
      }
      phone.host.tap("send-report")
      await phone.host.until("再传照片")
      phone.onTheWay.change = (_, text) => text
      Object.assign(phone.seen, { losesAnswers: false, hasNetwork: true })
      const [reported] = await listProblems(world().ctx.db, operator, { limit: 1 })
      expect(reported).toMatchObject({ kind: "spoiled", photos: [0] })
      phone.host.tap("send-photos")
      await phone.host.until("附照片 3")
      expect(phone.host.has("send-photos")).toBe(false)
      expect(phone.host.troubles).toEqual([])
    })

    test("[BY-3] data is deleted after two presses and an explanation, also when the first answer is lost", async () => {
      const phone = take(target)
      await buy(phone)
      await phone.host.open("/pages/data/index")
      await phone.host.until("我们这里有您的什么")
      for (const words of ["打不开的印记", "退款也要用支付平台的单号", "召回也通知不到您"])
        expect(phone.host.shown()).toContain(words)
      expect(phone.host.has("delete-now")).toBe(false)
      phone.host.tap("delete-first")
      await phone.host.until("真的删除")
      phone.seen.losesAnswers = true
      phone.host.tap("delete-now")
      await phone.host.until("没有收到答复")
      phone.seen.losesAnswers = false
      await phone.host.open("/pages/data/index")
      await phone.host.until("没有收到答复")
      phone.host.tap("delete-now")
      await phone.host.until("已删除")
      // The same wallet is somebody new.
      await phone.host.open("/pages/mine/index")
      await phone.host.until("还没有买过")
    })

    test("[BY-4] two phones are joined by a code that one scans, two digits and a yes on both", async () => {
      const [one, other] = [take(target), take(target === "weapp" ? "alipay" : "weapp")]
      await buy(one)
      await buy(other)
      await one.host.open("/pages/join/index")
      await one.host.until("显示连接码")
      one.host.tap("show-code")
      await one.host.until("在另一边扫一扫")
      expect(JSON.stringify(one.host.root())).toContain("data:image/png;base64,")
      const code = /[2-9A-HJ-NP-Z]{4} [2-9A-HJ-NP-Z]{4}/.exec(one.host.shown())?.[0] ?? ""
      await other.host.open("/pages/join/index")
      await other.host.until("输入另一边的连接码")
      for (const strange of ["https://elsewhere.example/m/#/pages/join/index?code=7KQM2X9P", "7KQM2X9P"]) {
        other.seen.before = strange
        other.host.tap("join-scan")
        await other.host.until("这不是连接码")
      }
      other.seen.before = `${builtIn}/m/#/pages/join/index?code=${code.replace(" ", "")}`
      other.host.tap("join-scan")
      await other.host.until("扫到了")
      await until(() => !other.host.shown().includes("先输入连接码"), "the code may be sent")
      other.host.tap("join-send")
      for (const { host } of [one, other]) {
        await host.until("两边的数字一样吗")
        host.tap(host.idOf(/^join-yes-/))
      }
      for (const { host } of [one, other]) await host.until("已连接")
      await one.host.open("/pages/mine/index")
      await one.host.until("大白菜")
      expect(one.host.shown().match(/大白菜/g)).toHaveLength(2)
    })

    test("[BI-3] a yes that had no answer is said again at a tap, and is the same claim", async () => {
      const { digits, confirm } = await showBindCode(world())
      const { host, seen } = take(target)
      host.launch({ path: "pages/bind/index", query: {} })
      await host.open(`/pages/bind/index?digits=${digits}`)
      await host.until("这个钱包以后买的货会作为进货")
      seen.hasNetwork = false
      host.tap("bind-agree")
      await host.until("现在没有网络")
      Object.assign(seen, { hasNetwork: true, losesAnswers: true })
      host.tap("again")
      await until(() => !host.has("again"), "it is said again")
      await host.until("现在没有网络")
      seen.losesAnswers = false
      host.tap("again")
      await host.until("等摊位在终端上确认")
      const shown = host.shown()
      expect(shown).toContain(await confirm())
      await host.until("已绑定")
    })

    test("[BI-4] [BY-5] a wallet is bound to a stall, and answers for what it buys", async () => {
      const { ctx } = world()
      const { stall, digits, confirm } = await showBindCode(world())
      const phone = take(target)
      const url = `${builtIn}/b/${digits}`
      if (target === "alipay") await phone.open(url)
      else {
        phone.host.launch({ path: "pages/bind/index", query: {} })
        await phone.host.open(`/pages/bind/index?q=${encodeURIComponent(encodeURIComponent(url))}`)
      }
      await phone.host.until("这个钱包以后买的货会作为进货")
      expect(phone.host.shown()).toContain("甲摊 A-12")
      expect(phone.seen.logins).toBe(0)
      phone.host.tap("bind-agree")
      await phone.host.until("等摊位在终端上确认")
      const shown = phone.host.shown()
      expect(shown).toContain(await confirm())
      await phone.host.until("已绑定")

      const code = await buy(phone)
      await world().uploadAndAnchor(code)
      await phone.host.open("/pages/stall/index")
      await phone.host.until("等您确认的进货")
      await phone.host.until("大白菜")
      phone.host.type(phone.host.idOf(/^weight-/), "0.45")
      await phone.host.until("收货 0.45 kg")
      phone.host.tap(phone.host.idOf(/^accept-/))
      await phone.host.until("没有等确认的进货")
      await phone.host.until("进 0.45 kg")
      const [bought] = await ctx.db.select().from(purchases).where(eq(purchases.buyerMerchantId, stall.merchantId))
      expect(bought).toMatchObject({ state: "accepted", acceptedGrams: 450 })
      phone.host.tap("end-binding")
      await phone.host.until("确定解除")
      phone.host.tap("end-binding")
      await phone.host.until("还没有绑定摊位")
      expect(phone.host.troubles).toEqual([])
    })
  })
}

// A recall holds the stall: nobody pays there until it is withdrawn.
for (const target of targets) {
  test(`[RC-13] ${target}: a recall comes as a message that opens its page, and as a banner among one's purchases`, async () => {
    const phone = take(target)
    const code = await buy(phone)
    await phone.host.until("万一召回，要告诉您吗")
    phone.host.tap("leave-yes")
    await phone.host.until("召回时会给您发一条消息")
    await world().uploadAndAnchor(code)
    const { ctx } = world()
    const recall = await recallAll(world())
    const { config, clock } = ctx
    await sendNotices(ctx, {
      "wechat-pay": wechatMessageFromConfig(config, clock),
      alipay: alipayMessageFromConfig(config, clock),
    })
    const { openids, alipayOpenId } = phone.person
    const own = [...Object.values(openids), alipayOpenId]
    const sent = world()
      .market.sandbox.world.messages.list()
      .filter(({ to, page }) => own.includes(to) && page.endsWith(recall.id))
    expect(sent).toHaveLength(1)
    await phone.host.open(`/${sent[0]?.page}`)
    await phone.host.until("先不要吃")
    expect(phone.host.shown()).toContain("农残超标")
    expect(phone.host.shown()).toContain("关于它的消息已经发给您")
    await phone.host.open("/pages/mine/index")
    await phone.host.until("请点开看")
    phone.host.tap("recalls")
    await phone.host.until("先不要吃")
    phone.host.tap(`read-${recall.id}`)
    await until(() => !phone.host.has(`read-${recall.id}`), "the recall is read")
    await recall.withdraw()
  })
}
