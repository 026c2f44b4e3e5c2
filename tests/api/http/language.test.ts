import { describe, expect, test } from "bun:test"
import { networkOf } from "@suyuan/api/access/network-of"
import { clientAddress } from "@suyuan/api/http/client-address"
import { preferredLanguage } from "@suyuan/api/http/language"

describe("the reader's language", () => {
  const rows = [
    [undefined, "zh"],
    ["", "zh"],
    ["en", "en"],
    ["en-US,en;q=0.9,zh-CN;q=0.8", "en"],
    ["zh-Hans-CN, en;q=0.9", "zh"],
    ["fr-FR, en;q=0.4", "en"],
    ["fr", "zh"],
    ["en;q=0", "zh"],
    ["en;q=nonsense", "zh"],
    ["*", "zh"],
  ] as const
  for (const [header, language] of rows) {
    test(`${header ?? "no header"} → ${language}`, () => expect(preferredLanguage(header)).toBe(language))
  }
})

describe("the client's address", () => {
  const rows = [
    ["no proxy: the socket, whatever the header says", "10.0.0.1", "1.1.1.1", 0, "10.0.0.1"],
    ["one proxy: the last entry", "10.0.0.1", "6.6.6.6, 1.1.1.1", 1, "1.1.1.1"],
    ["two proxies: the last but one", "10.0.0.1", "6.6.6.6, 1.1.1.1, 10.0.0.2", 2, "1.1.1.1"],
    ["fewer entries than proxies: the socket", "10.0.0.1", "1.1.1.1", 2, "10.0.0.1"],
    ["a proxy that says nothing: the socket", "10.0.0.1", undefined, 1, "10.0.0.1"],
  ] as const
  for (const [what, socket, forwarded, hops, address] of rows) {
    test(what, () => expect(clientAddress(socket, forwarded, hops)).toBe(address))
  }

  test("an IPv6 address counts as its /64", () => {
    expect(networkOf("2001:db8:1:2:3:4:5:6")).toBe(networkOf("2001:DB8:1:2::1"))
    expect(networkOf("2001:db8::1")).toBe("2001:db8:0:0::/64")
    expect(networkOf("::1")).toBe("0:0:0:0::/64")
    expect(networkOf("192.0.2.1")).toBe("192.0.2.1")
  })
})
