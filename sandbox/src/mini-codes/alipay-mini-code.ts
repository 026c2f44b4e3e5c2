/** `alipay.open.app.qrcode.create`: names a picture, which is fetched from another address. */
import { Hono } from "hono"
import { z } from "zod"
import { alipay } from "../accounts"
import { alipayErrors } from "../alipay/error"
import { drawMiniCode, publishedPages } from "./mini-code"

const input = z.object({
  url_param: z.string().min(1).max(256),
  query_param: z.string().min(1).max(256),
  describe: z.string().min(1).max(32),
})
const widthPixels = 430

export function createMiniCode(content: unknown, origin: string): Record<string, unknown> {
  const parsed = input.safeParse(content)
  if (!parsed.success) throw alipayErrors.invalidParameter("二维码参数有误")
  const { url_param: page, query_param: query } = parsed.data
  if (!publishedPages.includes(page)) throw alipayErrors.invalidParameter("url_param不是小程序的页面")
  const code = Buffer.from(`${page}?${query}`).toString("base64url")
  return { code: "10000", msg: "Success", qr_code_url: `${origin}/show.htm?code=${code}&picSize=M` }
}

export function alipayMiniCodePictures(): Hono {
  const routes = new Hono()
  routes.get("/show.htm", async (c) => {
    const [page, query = ""] = Buffer.from(c.req.query("code") ?? "", "base64url")
      .toString("utf8")
      .split("?")
    if (page === undefined || !publishedPages.includes(page)) return c.notFound()
    const scheme = `alipays://platformapi/startapp?appId=${alipay.appId}&page=${page}&query=${encodeURIComponent(query)}`
    const png = await drawMiniCode(scheme, widthPixels)
    return c.body(new Uint8Array(png), 200, { "Content-Type": "image/png" })
  })
  return routes
}
