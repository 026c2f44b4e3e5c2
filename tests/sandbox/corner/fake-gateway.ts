/** A gateway of three routes and one sale, for the phone to visit: answers in the shapes of the real one. */
import type { Sandbox } from "@suyuan/sandbox/start-sandbox"
import { alipaySdk, jsapiPath, keyText, payCall, wechatCall } from "../merchant"

export interface FakeGateway {
  readonly url: string
  /** `user-agent` of the last visit. */
  lastAgent: string
  /** Spoils the payment call, as a wrong merchant key would. */
  spoilsCall: boolean
  readonly answers: { page?: { status: number; body: unknown } }
  /** As before anybody paid. */
  forget(): void
  stop(): Promise<void>
}

const sale = (paidFen: number) => ({
  development: true,
  stall: { name: "张北蔬菜", number: "7", site: "城南菜市场", siteEn: "South market" },
  lines: [
    {
      name: "豆角",
      nameEn: "Beans",
      quantityText: "1.5 斤",
      quantityTextEn: "0.75 kg",
      unitPriceText: "¥6.00/斤",
      unitPriceTextEn: "¥12.00/kg",
      amountFen: 900,
      pile: {
        origin: {
          kind: "one-or-several",
          places: ["张北蔬菜基地"],
          unknownHighPercent: 20,
          grams: 750,
          unknown: { mustGrams: 0, mayGrams: 150 },
          sources: [],
        },
        inspections: [{ conclusion: "passed", standard: "GB/T 5009.199", testedAt: "2021-12-10T05:00:00.000Z" }],
        certificates: 1,
      },
    },
    { name: null, quantityText: "2 件", unitPriceText: "¥1.65/件", amountFen: 330, pile: null },
  ],
  lineCount: 2,
  amountFen: 1230,
  state: paidFen > 0 ? "paid" : "presented",
  paidFen,
  refundedFen: 0,
  canPay: paidFen === 0,
  refusal: null,
})

export function startFakeGateway(sandbox: Sandbox): FakeGateway {
  let paidFen = 0
  let login: { platform: string; appId: string; openid: string } | undefined
  const setting = (name: string) => String(sandbox.environment[name])

  async function logIn(body: { platform: string; channel: string; code: string }): Promise<Response> {
    if (body.platform === "alipay") {
      const node = await alipaySdk(sandbox).exec("alipay.system.oauth.token", {
        grant_type: "authorization_code",
        code: body.code,
      })
      login = { platform: "alipay", appId: setting("ALIPAY_APP_ID"), openid: String(node.open_id) }
    } else {
      if (body.channel !== "h5") return Response.json({ code: "request/malformed" }, { status: 400 })
      const query = new URLSearchParams({
        appid: setting("WECHAT_PAY_APPID"),
        secret: keyText(sandbox, "WECHAT_APP_SECRET_FILE"),
        code: body.code,
        grant_type: "authorization_code",
      })
      const answer = (await (await fetch(`${sandbox.url}/sns/oauth2/access_token?${query}`)).json()) as {
        openid: string
      }
      login = { platform: "wechat-pay", appId: setting("WECHAT_PAY_APPID"), openid: answer.openid }
    }
    return Response.json(
      { token: "t1", expiresAt: "2099-01-01T00:00:00Z" },
      { headers: { "Set-Cookie": "session=s1; HttpOnly; Path=/" } },
    )
  }

  async function pay(): Promise<Response> {
    if (login === undefined)
      return Response.json({ code: "request/unauthenticated", message: "请先登录。" }, { status: 401 })
    const number = `f${crypto.randomUUID().replaceAll("-", "").slice(0, 20)}`
    if (login.platform === "alipay") {
      const node = await alipaySdk(sandbox).exec("alipay.trade.create", {
        notify_url: `${url}/notify`,
        biz_content: {
          out_trade_no: number,
          total_amount: "12.30",
          subject: "豆角",
          product_code: "JSAPI_PAY",
          op_app_id: login.appId,
          buyer_open_id: login.openid,
        },
      })
      return Response.json({
        attempt: { outTradeNo: number, state: "open" },
        bridge: { kind: "alipay", tradeNO: node.trade_no },
      })
    }
    const { text } = await wechatCall(sandbox, {
      path: jsapiPath,
      body: {
        sp_appid: login.appId,
        sp_mchid: setting("WECHAT_PAY_MCHID"),
        sub_mchid: "1900000109",
        description: "豆角等 2 样",
        out_trade_no: number,
        notify_url: `${url}/notify`,
        amount: { total: 1230, currency: "CNY" },
        payer: { sp_openid: login.openid },
      },
    })
    const call = payCall(sandbox, login.appId, (JSON.parse(text) as { prepay_id: string }).prepay_id)
    const bridge = gateway.spoilsCall ? { ...call, nonceStr: "other" } : call
    return Response.json({ attempt: { outTradeNo: number, state: "open" }, bridge })
  }

  /** For a browser of which nothing is known: an address, and a session of its own. */
  async function payOutside(): Promise<Response> {
    const number = `f${crypto.randomUUID().replaceAll("-", "").slice(0, 20)}`
    const { text } = await wechatCall(sandbox, {
      path: "/v3/pay/partner/transactions/h5",
      body: {
        ...{ sp_appid: setting("WECHAT_PAY_APPID"), sp_mchid: setting("WECHAT_PAY_MCHID"), sub_mchid: "1900000109" },
        ...{ description: "豆角等 2 样", out_trade_no: number, notify_url: `${url}/notify` },
        amount: { total: 1230, currency: "CNY" },
        scene_info: { payer_client_ip: "127.0.0.1", h5_info: { type: "Wap" } },
      },
    })
    const { h5_url } = JSON.parse(text) as { h5_url: string }
    return Response.json(
      { attempt: { outTradeNo: number, state: "open" }, bridge: { kind: "redirect", url: h5_url } },
      { headers: { "Set-Cookie": "session=b1; HttpOnly; Path=/" } },
    )
  }

  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url)
      if (pathname === "/notify") {
        paidFen = 1230
        return new Response("success")
      }
      gateway.lastAgent = request.headers.get("user-agent") ?? ""
      if (pathname === "/buyers/login")
        return logIn((await request.json()) as { platform: string; channel: string; code: string })
      const isPayer =
        request.headers.get("cookie") === "session=b1" ||
        (request.headers.get("cookie") === "session=s1" && request.headers.get("authorization") === "Bearer t1")
      const wish = request.method === "POST" ? ((await request.json()) as { method?: string }) : {}
      if (wish.method === "h5") return payOutside()
      if (pathname.endsWith("/pay"))
        return isPayer ? pay() : Response.json({ code: "request/unauthenticated" }, { status: 401 })
      const state = {
        state: sale(paidFen).state,
        paidFen,
        refundedFen: 0,
        receiptDigits: paidFen > 0 && isPayer ? "483920" : null,
      }
      if (pathname.endsWith("/state")) return Response.json(state)
      const { page } = gateway.answers
      if (page !== undefined) return Response.json(page.body, { status: page.status })
      if (request.headers.get("accept") === "text/html") {
        return new Response(
          "<!doctype html><html><head><title>p</title></head><body><script>1</script><p>张北蔬菜</p></body></html>",
          {
            headers: { "Content-Type": "text/html" },
          },
        )
      }
      return Response.json(sale(paidFen))
    },
  })
  const url = `http://127.0.0.1:${server.port}`
  const forget = () => {
    paidFen = 0
  }
  const stop = () => server.stop(true)
  const gateway: FakeGateway = { url, lastAgent: "", spoilsCall: false, answers: {}, forget, stop }
  return gateway
}
