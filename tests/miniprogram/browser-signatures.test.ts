// The browser's own cryptography, as Bun has it, and browsers that are worse: none of them changes an answer. In a real
// one: built/browser-signatures.test.ts.
import { describe, expect, test } from "bun:test"
import { browserSignatures } from "@suyuan/miniprogram/browser-signatures"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { checkPublicKey } from "@suyuan/protocol/terminal/public-key"
import { isCanonical, type SignatureAlgorithm } from "@suyuan/protocol/terminal/signature"
import vectors from "../vectors/signatures.json"

const own = crypto.subtle
type Own = NonNullable<Parameters<typeof browserSignatures>[0]>
const importKey: Own["importKey"] = own.importKey.bind(own) as Own["importKey"]
const refusing = () => Promise.reject(new DOMException("Algorithm: Unrecognized name", "NotSupportedError"))

const browsers: Readonly<Record<string, Own | undefined>> = {
  "a browser that has both": own,
  "a page without TLS": undefined,
  "a browser without Ed25519": {
    importKey: ((...asked: Parameters<Own["importKey"]>) =>
      JSON.stringify(asked[2]).includes("Ed25519") ? refusing() : importKey(...asked)) as Own["importKey"],
    verify: own.verify.bind(own) as Own["verify"],
  },
  "a browser that refuses all": { importKey, verify: async () => false },
}

const cases = vectors.cases.map(({ name, algorithm, publicKey, message, signature, valid, why }) => ({
  ...{ name, valid, why },
  asked: [algorithm as SignatureAlgorithm, fromHex(publicKey)!, fromHex(message)!, fromHex(signature)!] as const,
}))

for (const [browser, subtle] of Object.entries(browsers)) {
  describe(browser, () => {
    const { verifySignature, prepare } = browserSignatures(subtle)
    for (const { name, asked, valid, why } of cases) {
      test(`[${asked[0] === "ed25519" ? "PC-16" : "PC-17"}] ${valid ? "accepts" : "refuses"} ${name}: ${why}`, async () => {
        expect(await verifySignature(...asked)).toBe(valid)
      })
    }
    test("makes itself ready without a word", async () => {
      expect(await prepare()).toBeUndefined()
    })
  })
}

test("[PC-18] what is in no form that we take is refused, though a browser takes it", async () => {
  const lenient = browserSignatures({ importKey, verify: async () => true })
  const malformed = cases.filter(
    ({ asked: [algorithm, publicKey, , signature] }) =>
      !checkPublicKey(algorithm, publicKey).ok || !isCanonical(algorithm, signature),
  )
  expect(malformed.length).toBeGreaterThan(15)
  for (const { name, asked } of malformed)
    expect([name, await lenient.verifySignature(...asked)]).toEqual([name, false])
})
