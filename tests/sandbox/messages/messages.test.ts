// What the platforms look at before they bring a message: whose it is, its template, its page, its fields, and the leave.
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { alipay, wechat } from "@suyuan/sandbox/accounts"
import type { Buyer } from "@suyuan/sandbox/buyers/buyers"
import { sendTemplateMessage } from "@suyuan/sandbox/messages/alipay-message"
import { subscribe } from "@suyuan/sandbox/messages/subscribe"
import { type Bench, keyText, startBench } from "../merchant"

let bench: Bench
let person: Buyer
beforeAll(async () => {
  bench = await startBench()
  person = bench.sandbox.world.buyers.add("甲")
})
afterAll(() => bench?.end())

const world = () => bench.sandbox.world
const openId = () => person.openids[wechat.miniAppId] ?? ""
const answers = (platform: "wechat-pay" | "alipay", answer: "accept" | "reject", templateIds?: string[]) =>
  subscribe(world(), person, { platform, answer, ...(templateIds === undefined ? {} : { templateIds }) })

describe("WeChat", () => {
  const post = async (path: string, body: unknown) => {
    const response = await fetch(`${bench.sandbox.url}${path}`, { method: "POST", body: JSON.stringify(body) })
    return (await response.json()) as { readonly errcode?: number; readonly access_token?: string }
  }
  const message = (change: object = {}) => ({
    ...{ touser: openId(), template_id: wechat.recallTemplateId, page: "pages/recall/index?id=1" },
    data: {
      ...{ thing1: { value: "大白菜" }, date2: { value: "2026-03-01" } },
      ...{ thing3: { value: "农残超标" }, thing4: { value: "请勿食用" } },
    },
    ...change,
  })
  const send = async (change: object = {}, token = world().messages.token().text) =>
    (await post(`/cgi-bin/message/subscribe/send?access_token=${token}`, message(change))).errcode

  test("a token is for the app's own secret", async () => {
    const asked = { grant_type: "client_credential", appid: wechat.miniAppId }
    const secret = keyText(bench.sandbox, "WECHAT_MINI_SECRET_FILE")
    expect((await post("/cgi-bin/stable_token", { ...asked, secret })).access_token).toBeString()
    expect((await post("/cgi-bin/stable_token", { ...asked, secret: "wrong" })).errcode).toBe(40_125)
    expect((await post("/cgi-bin/stable_token", { ...asked, secret, appid: "wx0" })).errcode).toBe(40_013)
  })

  test("one yes is one message: without it, and for the second, the person is said to refuse", async () => {
    expect(await send()).toBe(43_101)
    expect(answers("wechat-pay", "reject")).toMatchObject({ [wechat.recallTemplateId]: "reject" })
    expect(await send()).toBe(43_101)
    expect(answers("wechat-pay", "accept")).toMatchObject({ [wechat.recallTemplateId]: "accept" })
    expect([await send(), await send()]).toEqual([0, 43_101])
  })

  test("what is wrong with a message is said, and uses no leave", async () => {
    answers("wechat-pay", "accept")
    expect(await send({}, "another")).toBe(40_001)
    expect(await send({ template_id: "none" })).toBe(40_037)
    expect(await send({ touser: "nobody" })).toBe(40_003)
    expect(await send({ page: "pages/none/index" })).toBe(41_030)
    expect(await send({ data: { ...message().data, thing3: { value: "长".repeat(21) } } })).toBe(47_003)
    expect(await send({ data: { thing1: { value: "大白菜" } } })).toBe(47_003)
    expect(await send({ data: "none" })).toBe(47_001)
    expect(await send()).toBe(0)
  })

  test("a template that the program does not have is banned from the sheet", () => {
    expect(answers("wechat-pay", "accept", ["none"])).toMatchObject({ none: "ban" })
  })
})

describe("Alipay", () => {
  const send = (change: object = {}) => {
    try {
      return sendTemplateMessage(world(), {
        ...{ to_open_id: person.alipayOpenId, user_template_id: alipay.recallTemplateId },
        ...{ page: "pages/recall/index?id=1", data: JSON.stringify({ keyword1: { value: "大白菜" } }) },
        ...change,
      }).code
    } catch (error) {
      return String((error as { readonly subCode?: string }).subCode)
    }
  }

  test("one subscription is one message", () => {
    expect(send()).toBe("USER_NOT_SUBSCRIBED")
    expect(answers("alipay", "reject")).toMatchObject({ behavior: "cancel" })
    expect(send()).toBe("USER_NOT_SUBSCRIBED")
    expect(answers("alipay", "accept")).toMatchObject({ behavior: "subscribe" })
    expect([send(), send()]).toEqual(["10000", "USER_NOT_SUBSCRIBED"])
  })

  test("what is wrong with a message is said, and uses no leave", () => {
    answers("alipay", "accept")
    expect(send({ form_id: "none" })).toBe("FORM_ID_INVALID")
    for (const wrong of [
      { user_template_id: "none" },
      { page: "pages/none/index" },
      { to_open_id: "nobody" },
      { data: "{}x" },
      { data: '{"keyword1":"bare"}' },
    ]) {
      expect([wrong, send(wrong)]).toEqual([wrong, "ACQ.INVALID_PARAMETER"])
    }
    expect(send()).toBe("10000")
  })
})
