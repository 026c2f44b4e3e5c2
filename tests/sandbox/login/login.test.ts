import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { alipaySdk, type Bench, control, keyText, type NewBuyer, newBuyer, startBench } from "../merchant"

let bench: Bench
let buyer: NewBuyer

beforeAll(async () => {
  bench = await startBench()
  buyer = await newBuyer(bench.sandbox)
})
afterAll(() => bench.end())

const env = (name: string) => String(bench.sandbox.environment[name])
const code = async (kind: string) =>
  (await control<{ code: string }>(bench.sandbox, "POST", `/buyers/${buyer.id}/codes`, { kind })).code
const get = async (path: string, query: Record<string, string>) =>
  (await fetch(`${bench.sandbox.url}${path}?${new URLSearchParams(query)}`)).json() as Promise<Record<string, unknown>>

describe("WeChat mini-program", () => {
  const login = async (change: Record<string, string> = {}) =>
    get("/sns/jscode2session", {
      appid: env("WECHAT_MINI_APPID"),
      secret: keyText(bench.sandbox, "WECHAT_MINI_SECRET_FILE"),
      js_code: await code("wechat-mini"),
      grant_type: "authorization_code",
      ...change,
    })

  test("a code gives the buyer's openid for the mini-program", async () => {
    const answer = await login()
    expect(answer.openid).toBe(String(buyer.openids[env("WECHAT_MINI_APPID")]))
    expect(answer.session_key).toBeString()
  })

  test("a code works once, for its app, with the app's secret", async () => {
    const once = await code("wechat-mini")
    expect((await login({ js_code: once })).openid).toBeString()
    expect((await login({ js_code: once })).errcode).toBe(40163)
    expect((await login({ js_code: await code("wechat-h5") })).errcode).toBe(40029)
    expect((await login({ secret: "wrong" })).errcode).toBe(40125)
    expect((await login({ appid: "wx0" })).errcode).toBe(40013)
  })
})

describe("WeChat H5", () => {
  const authorize = (change: Record<string, string> = {}) =>
    fetch(
      `${env("WECHAT_OAUTH_URL")}?${new URLSearchParams({
        appid: env("WECHAT_PAY_APPID"),
        redirect_uri: "http://127.0.0.1:9/back?x=1",
        response_type: "code",
        scope: "snsapi_base",
        state: "s1",
        buyer: String(buyer.id),
        ...change,
      })}`,
      { redirect: "manual" },
    )

  test("the page redirects with code and state, and the code gives the openid", async () => {
    const response = await authorize()
    const target = new URL(String(response.headers.get("location")))
    expect([response.status, target.searchParams.get("state"), target.searchParams.get("x")]).toEqual([302, "s1", "1"])
    const answer = await get("/sns/oauth2/access_token", {
      appid: env("WECHAT_PAY_APPID"),
      secret: keyText(bench.sandbox, "WECHAT_APP_SECRET_FILE"),
      code: String(target.searchParams.get("code")),
      grant_type: "authorization_code",
    })
    expect(answer.openid).toBe(String(buyer.openids[env("WECHAT_PAY_APPID")]))
  })

  test("without a chosen buyer the page offers them; to another machine no code goes", async () => {
    const page = await (await authorize({ buyer: "" })).text()
    expect(page).toContain("以哪位买家的身份登录？")
    expect(page).toContain(`buyer=${buyer.id}`)
    const refused = await authorize({ redirect_uri: "https://example.com/" })
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining("10003")])
  })
})

describe("Alipay", () => {
  test("the page gives an auth_code, and alipay-sdk turns it into the buyer's ids", async () => {
    const query = {
      app_id: env("ALIPAY_APP_ID"),
      scope: "auth_base",
      redirect_uri: "http://127.0.0.1:9/a",
      buyer: String(buyer.id),
    }
    const response = await fetch(`${env("ALIPAY_OAUTH_URL")}?${new URLSearchParams(query)}`, { redirect: "manual" })
    const authCode = String(new URL(String(response.headers.get("location"))).searchParams.get("auth_code"))
    const sdk = alipaySdk(bench.sandbox)
    const exchange = () =>
      sdk.exec(
        "alipay.system.oauth.token",
        { grant_type: "authorization_code", code: authCode },
        { validateSign: true },
      )
    expect(await exchange()).toMatchObject({ open_id: buyer.alipayOpenId, user_id: buyer.alipayUserId })
    const again = await sdk.exec("alipay.system.oauth.token", { grant_type: "authorization_code", code: authCode })
    expect(again).toMatchObject({ code: "40002", sub_code: "isv.code-invalid" })
  })
})
