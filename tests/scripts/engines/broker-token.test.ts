import { expect, test } from "bun:test"
import { createHmac } from "node:crypto"
import { readBrokerToken, signBrokerToken } from "../../../scripts/engines/broker-token"

const secret = "a secret of the test"
const nowSeconds = 1_750_000_000
const claims = { sub: "terminal-1", exp: nowSeconds + 60, acl: { pub: ["t/1/a/up/#"], sub: ["t/1/a/down/#"] } }

function signed(header: unknown, body: unknown): string {
  const content = [header, body].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".")
  return `${content}.${createHmac("sha256", secret).update(content).digest("base64url")}`
}

test("reads what was signed, with missing lists as empty", () => {
  expect(readBrokerToken(secret, signBrokerToken(secret, claims), nowSeconds)).toEqual({
    ...claims,
    acl: { ...claims.acl, all: [] },
  })
})

test("refuses another secret, a changed claim, an expired token", () => {
  const token = signBrokerToken(secret, claims)
  const [header, , signature] = token.split(".")
  const otherBody = Buffer.from(JSON.stringify({ ...claims, sub: "terminal-2" })).toString("base64url")
  expect(readBrokerToken("another", token, nowSeconds)).toBeUndefined()
  expect(readBrokerToken(secret, `${header}.${otherBody}.${signature}`, nowSeconds)).toBeUndefined()
  expect(readBrokerToken(secret, token, claims.exp)).toBeUndefined()
})

test("refuses a token that names no algorithm, or another", () => {
  expect(readBrokerToken(secret, signed({ alg: "HS256" }, claims), nowSeconds)).toBeDefined()
  expect(readBrokerToken(secret, signed({ alg: "none" }, claims), nowSeconds)).toBeUndefined()
  expect(readBrokerToken(secret, signed({ alg: "RS256" }, claims), nowSeconds)).toBeUndefined()
})

test.each([
  ["no expiry", { ...claims, exp: undefined }],
  ["no subject", { ...claims, sub: "" }],
  ["no access list", { ...claims, acl: undefined }],
  ["a filter that is none", { ...claims, acl: { pub: ["t/#/up"] } }],
])("refuses claims with %s", (_what, body) => {
  expect(readBrokerToken(secret, signed({ alg: "HS256" }, body), nowSeconds)).toBeUndefined()
})

test.each(["", ".", "..", "a.b", "a.b.c.d", "a.b.c", "x".repeat(5_000)])("refuses %p", (text) => {
  expect(readBrokerToken(secret, text, nowSeconds)).toBeUndefined()
})
