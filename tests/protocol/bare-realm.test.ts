import { describe, expect, test } from "bun:test"
import { readdir } from "node:fs/promises"
import cbor from "../vectors/cbor.json"
import merkle from "../vectors/merkle.json"
import offlineReceipt from "../vectors/offline-receipt.json"
import outTradeNo from "../vectors/out-trade-no.json"
import payCode from "../vectors/pay-code.json"
import signatures from "../vectors/signatures.json"
import upload from "../vectors/upload.json"
import { type RealmCheck, runInBareRealm } from "./bare-realm"
import { ledgerChecks } from "./ledger/bare-realm-checks"
import { traceChecks } from "./trace/bare-realm-checks"

/** Every part of `protocol/` that reads or writes bytes has a row; add one when a vector file is added. */
const checks: readonly RealmCheck[] = [
  {
    name: "signatures and public keys",
    modules: ["terminal/verify-noble", "terminal/public-key"],
    vectors: signatures,
    program: `
      const { verifyNoble } = modules["terminal/verify-noble"]
      const { checkPublicKey } = modules["terminal/public-key"]
      for (const { name, algorithm, publicKey, message, signature, valid } of vectors.cases) {
        const verified = verifyNoble(algorithm, fromHex(publicKey), fromHex(message), fromHex(signature))
        if (verified !== valid) throw new Error(name)
      }
      for (const { algorithm, publicKey, result } of vectors.publicKeys) {
        const checked = checkPublicKey(algorithm, fromHex(publicKey))
        if ((checked.ok ? "ok" : checked.error) !== result) throw new Error(publicKey)
      }
      return vectors.cases.length + vectors.publicKeys.length`,
  },
  {
    name: "pay codes",
    modules: [
      "terminal/pay-code",
      "terminal/pay-code-url",
      "terminal/pay-code-signature",
      "terminal/price-salt",
      "terminal/verify-noble",
      "terminal/identifiers",
    ],
    vectors: payCode,
    program: `
      const { parsePayCodeUrl, payCodeUrl } = modules["terminal/pay-code-url"]
      const { verifyPayCode, payCodeMessageOf } = modules["terminal/pay-code-signature"]
      const { deriveReceiptKey, priceSalt } = modules["terminal/price-salt"]
      const { parsePayCode } = modules["terminal/pay-code"]
      const { verifyNoble: verifySignature } = modules["terminal/verify-noble"]
      const terminal = modules["terminal/identifiers"].parseTerminalHex(vectors.terminal).value
      const { networkId } = vectors
      const receiptKey = deriveReceiptKey(fromHex(vectors.gatewayMaster), networkId, terminal)
      for (const vector of vectors.codes) {
        const code = parsePayCodeUrl(vector.url).value
        const salt = priceSalt(receiptKey, networkId, terminal, code.body.counter)
        if (toHex(salt) !== vector.priceSalt) throw new Error(vector.name + ": salt")
        if (toHex(payCodeMessageOf(code.body, networkId, salt)) !== vector.message) throw new Error(vector.name)
        if (payCodeUrl("https://pay.example", code) !== vector.url) throw new Error(vector.name + ": url")
        const terminalKey = { algorithm: vector.algorithm, publicKey: fromHex(vectors.publicKeys[vector.algorithm]) }
        const by = { networkId, priceSalt: salt, terminalKey, verifySignature }
        if (!verifyPayCode(code, by).ok) throw new Error(vector.name + ": signature")
      }
      for (const { bytes, error } of vectors.refusedBytes) {
        if (parsePayCode(fromHex(bytes)).error !== error) throw new Error(error)
      }
      for (const { url, error } of vectors.refusedUrls) {
        if (parsePayCodeUrl(url).error !== error) throw new Error(error)
      }
      return vectors.codes.length + vectors.refusedBytes.length + vectors.refusedUrls.length`,
  },
  {
    name: "offline receipts",
    modules: ["terminal/offline-receipt", "terminal/identifiers"],
    vectors: offlineReceipt,
    program: `
      const { offlineReceiptDigits } = modules["terminal/offline-receipt"]
      const terminal = modules["terminal/identifiers"].parseTerminalHex(vectors.terminal).value
      const { networkId, receiptKey } = vectors
      for (const { counter, amountFen, digits } of vectors.receipts) {
        const shown = offlineReceiptDigits(fromHex(receiptKey), { networkId, terminal, counter, amountFen })
        if (shown !== digits) throw new Error(digits)
      }
      return vectors.receipts.length`,
  },
  {
    name: "uploads and stock snapshots",
    modules: [
      "terminal/upload",
      "terminal/upload-bodies",
      "terminal/stock-snapshot",
      "terminal/verify-noble",
      "terminal/identifiers",
    ],
    vectors: upload,
    program: `
      const { parseUpload, verifyUpload, encodeUpload } = modules["terminal/upload"]
      const { parseUploadBody, encodeUploadBody } = modules["terminal/upload-bodies"]
      const { parseStockSnapshot, encodeStockSnapshot } = modules["terminal/stock-snapshot"]
      const { verifyNoble: verifySignature } = modules["terminal/verify-noble"]
      const terminal = modules["terminal/identifiers"].parseTerminalHex(vectors.terminal).value
      const { networkId } = vectors
      for (const vector of vectors.uploads) {
        const upload = parseUpload(fromHex(vector.envelope)).value
        const terminalKey = { algorithm: vector.algorithm, publicKey: fromHex(vectors.publicKeys[vector.algorithm]) }
        if (!verifyUpload(upload, { networkId, terminal, terminalKey, verifySignature }).ok) throw new Error(vector.kind)
        if (toHex(encodeUpload(upload)) !== vector.envelope) throw new Error(vector.kind + ": envelope")
        const body = parseUploadBody(vector.kind, upload.body).value
        if (toHex(encodeUploadBody(vector.kind, body)) !== vector.body) throw new Error(vector.kind + ": body")
      }
      const snapshot = parseStockSnapshot(fromHex(vectors.snapshot.bytes)).value
      if (toHex(encodeStockSnapshot(snapshot)) !== vectors.snapshot.bytes) throw new Error("snapshot")
      return vectors.uploads.length + 1`,
  },
  {
    name: "cbor",
    modules: ["codec/cbor"],
    vectors: cbor,
    program: `
      const { decodeCbor, encodeCbor } = modules["codec/cbor"]
      for (const { hex } of [...vectors.appendixA, ...vectors.encoded]) {
        if (toHex(encodeCbor(decodeCbor(fromHex(hex)).value)) !== hex) throw new Error(hex)
      }
      for (const { hex, error } of vectors.refused) {
        if (decodeCbor(fromHex(hex)).error !== error) throw new Error(hex)
      }
      return vectors.appendixA.length + vectors.encoded.length + vectors.refused.length`,
  },
  {
    name: "order numbers",
    modules: ["payment/out-trade-no", "payment/payment-state", "payment/attempt-state"],
    vectors: outTradeNo,
    program: `
      const { formatOutTradeNo, parseOutTradeNo } = modules["payment/out-trade-no"]
      for (const { text, ...number } of vectors.numbers) {
        if (formatOutTradeNo(number) !== text || parseOutTradeNo(text).value.counter !== number.counter) throw new Error(text)
      }
      return vectors.numbers.length`,
  },
  {
    name: "merkle trees with keccak256",
    modules: ["ledger/merkle", "ledger/keccak"],
    vectors: merkle,
    program: `
      const { hashLeaf, merkleRoot } = modules["ledger/merkle"]
      const { keccak256 } = modules["ledger/keccak"]
      const { leaves, roots } = vectors.keccak256
      const leafHashes = leaves.map((leaf) => hashLeaf(fromHex(leaf), keccak256))
      for (const [size, root] of roots.entries()) {
        if (toHex(merkleRoot(leafHashes.slice(0, size), keccak256)) !== root) throw new Error(root)
      }
      return roots.length`,
  },
  ...ledgerChecks,
  ...traceChecks,
]

const PROTOCOL_SOURCES = new URL("../../protocol/src/", import.meta.url)

async function allModules(): Promise<string[]> {
  const files = await readdir(PROTOCOL_SOURCES, { recursive: true })
  return files.filter((file) => file.endsWith(".ts")).map((file) => file.slice(0, -".ts".length))
}

describe("protocol in a bare realm, without TextEncoder, Buffer and WebCrypto", () => {
  const absent = [
    "TextEncoder",
    "TextDecoder",
    "Buffer",
    "crypto",
    "process",
    "setTimeout",
    "console",
    "Array.prototype.at",
  ]
  for (const name of absent) {
    test(`the realm has no ${name}`, async () => {
      const program = `return typeof ${name.includes(".") ? name : `globalThis.${name}`}`
      expect(await runInBareRealm({ name, modules: [], vectors: null, program })).toBe("undefined")
    })
  }

  test("every module loads", async () => {
    const modules = await allModules()
    const program = "return Object.keys(modules).length"
    expect(await runInBareRealm({ name: "all", modules, vectors: null, program })).toBe(modules.length)
  })

  for (const check of checks) {
    test(`passes the vectors of ${check.name}`, async () => {
      expect(await runInBareRealm(check)).toBeGreaterThan(0)
    })
  }
})
