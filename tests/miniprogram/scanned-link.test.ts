import { expect, test } from "bun:test"
import { readAlipayScan, readScannedUrl, readWechatScan } from "@suyuan/miniprogram/scanned-link"
import { PAY_CODE_DIGITS_MAX } from "@suyuan/protocol/terminal/pay-code-url"

const digits = "0123456789".repeat(24)
const url = `https://pay.example.cn/p/${digits}`
const link = { kind: "pay", origin: "https://pay.example.cn", digits }

test("reads the same code from WeChat, Alipay and a browser, leading zeros kept", () => {
  expect(readScannedUrl(url)).toEqual({ ok: true, value: link } as never)
  expect(readAlipayScan({ qrCode: url })).toEqual({ ok: true, value: link } as never)
  expect(readWechatScan({ q: encodeURIComponent(url) })).toEqual({ ok: true, value: link } as never)
})

test("tells a bind code from a pay code", () => {
  expect(readScannedUrl("https://pay.example.cn/b/0042")).toMatchObject({ value: { kind: "bind", digits: "0042" } })
})

test("takes http from this computer only", () => {
  expect(readScannedUrl("http://127.0.0.1:8720/p/1")).toMatchObject({ value: { origin: "http://127.0.0.1:8720" } })
  expect(readScannedUrl("http://localhost/p/1").ok).toBe(true)
  for (const host of ["pay.example.cn", "127.0.0.1.example.cn", "localhost.example.cn", "10.0.0.1"]) {
    expect(readScannedUrl(`http://${host}/p/1`)).toEqual({ ok: false, error: "link/insecure" })
  }
})

test("says when nothing was scanned", () => {
  expect(readWechatScan({})).toEqual({ ok: false, error: "link/missing" })
  expect(readWechatScan({ q: "" })).toEqual({ ok: false, error: "link/missing" })
  expect(readAlipayScan({})).toEqual({ ok: false, error: "link/missing" })
})

test("refuses everything that is not one of our addresses to the letter", () => {
  for (const text of [
    `${url}?x=1`,
    `${url}#x`,
    `${url}/`,
    `${url}x`,
    ` ${url}`,
    `https://user@pay.example.cn/p/${digits}`,
    `https://PAY.example.cn/p/${digits}`,
    `https://pay.example.cn/x/${digits}`,
    "https://pay.example.cn/p/",
    "javascript:alert(1)//p/1",
    `https://pay.example.cn/p/${"1".repeat(PAY_CODE_DIGITS_MAX + 1)}`,
    `https://${"a".repeat(700)}/p/1`,
  ]) {
    expect(readScannedUrl(text)).toEqual({ ok: false, error: "link/malformed" })
  }
})

test("decodes WeChat's q once: a twice encoded one is not ours, and half an escape breaks nothing", () => {
  const twice = encodeURIComponent(encodeURIComponent(url))
  expect(readWechatScan({ q: twice })).toEqual({ ok: false, error: "link/malformed" })
  expect(readWechatScan({ q: "%E0%A4%A" })).toEqual({ ok: false, error: "link/malformed" })
})
