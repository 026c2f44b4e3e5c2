/** tests/vectors/upload.json. `bun scripts/vectors/upload.ts` */

import { sha256 } from "@noble/hashes/sha2.js"
import { asciiBytes, fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import type { SignatureAlgorithm } from "@suyuan/protocol/terminal/signature"
import {
  encodeStockSnapshot,
  type StockSnapshot,
  snapshotPrefix,
  stockSnapshotHash,
  stockSnapshotMessage,
} from "@suyuan/protocol/terminal/stock-snapshot"
import { signUpload, type UploadKind, uploadMessage } from "@suyuan/protocol/terminal/upload"
import { encodeUploadBody, type UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import payCodes from "../../tests/vectors/pay-code.json"
import { networkId, publicKeys, signWith, terminal } from "./test-stall"
import { writeVectorsOnce } from "./write-once"

const LOT = "019b1000-0000-7000-8000-000000000001"
const codeBytes = (name: string): Uint8Array => fromHex(payCodes.codes.find((code) => code.name === name)!.bytes)!

const snapshot: StockSnapshot = {
  terminal,
  issuedAtSeconds: 60_998_400,
  slots: [
    {
      slot: 3,
      commodity: 101,
      lot: undefined,
      declaredOrigin: "河北张北",
      packLowGrams: 0,
      packHighGrams: 0,
      pile: "merged",
    },
    {
      slot: 7,
      commodity: 230,
      lot: LOT,
      declaredOrigin: "",
      packLowGrams: 280,
      packHighGrams: 340,
      pile: "kept-apart",
    },
    { slot: 12, commodity: 77, lot: undefined, declaredOrigin: "", packLowGrams: 0, packHighGrams: 0, pile: "merged" },
  ],
}
const snapshotBytes = encodeStockSnapshot(snapshot)
const snapshotHash = stockSnapshotHash(snapshotBytes)
const snapshotSignature = signWith("ed25519")(stockSnapshotMessage(networkId, snapshotHash))

async function vectorOf<Kind extends UploadKind>(
  kind: Kind,
  body: UploadBody<Kind>,
  algorithm: SignatureAlgorithm = "ed25519",
): Promise<object> {
  const encoded = encodeUploadBody(kind, body)
  const serial = toHex(sha256(encoded)).slice(0, 12)
  const upload = { kind, uploadId: `019b2000-0000-7000-8000-${serial}`, body: encoded }
  const envelope = await signUpload(upload, { networkId, terminal, algorithm, sign: signWith(algorithm) })
  return {
    kind,
    algorithm,
    uploadId: upload.uploadId,
    body: toHex(encoded),
    message: toHex(uploadMessage(networkId, terminal, upload)),
    envelope: toHex(envelope),
  }
}

const nineLines = payCodes.codes
  .find((code) => code.name === "nine lines as a digest")!
  .lines.map((line) => {
    const [slot, unit, count, unitPriceFen] = line as [number, "gram" | "hectogram" | "piece", number, number]
    return { slot, quantity: { unit, count }, unitPriceFen }
  })

writeVectorsOnce("upload", {
  source: "scripts/vectors/upload.ts with the published keys of scripts/vectors/test-stall.ts",
  networkId,
  terminal: terminalToHex(terminal),
  publicKeys: { ed25519: toHex(publicKeys.ed25519), p256: toHex(publicKeys.p256) },
  snapshot: {
    bytes: toHex(snapshotBytes),
    hash: toHex(snapshotHash),
    prefix: toHex(snapshotPrefix(snapshotHash)),
    message: toHex(stockSnapshotMessage(networkId, snapshotHash)),
    signature: toHex(snapshotSignature),
  },
  uploads: await Promise.all([
    vectorOf("hello", { sentAtMs: 1_765_155_600_123, nonce: sha256(asciiBytes("nonce")).slice(0, 8) }),
    vectorOf("sale", { payCode: codeBytes("three lines, rounded down"), settlement: "platform" }),
    vectorOf("sale", { payCode: codeBytes("one line, p256"), settlement: "cash" }, "p256"),
    vectorOf("sale", { payCode: codeBytes("nine lines as a digest"), lines: nineLines, settlement: "code-only" }),
    vectorOf("harvest", {
      lot: LOT,
      commodity: 230,
      weightGrams: 850_000,
      harvestedAtSeconds: 60_912_000,
      declaredOrigin: "山东寿光",
      certificate: { weightGrams: 850_000, promiseBasis: "自我检测" },
    }),
    vectorOf("outside-goods", {
      commodity: 77,
      weightGrams: 12_500,
      receivedAtSeconds: 60_990_000,
      declaredOrigin: "",
    }),
    vectorOf("void", { counter: 117, reason: "buyer-left" }),
    vectorOf("arrival", {
      saleRecordId: sha256(asciiBytes("sale record")).slice(0, 16),
      lineIndex: 0,
      acceptedGrams: 19_800,
      acceptedAtSeconds: 60_995_000,
      outcome: "accepted",
    }),
    vectorOf("snapshot", { snapshot: snapshotBytes, signature: snapshotSignature }),
    vectorOf("inspection", {
      sampleNumber: "20251208-017",
      commodity: 101,
      lot: undefined,
      sampledAtSeconds: 60_991_000,
      testedAtSeconds: 60_993_000,
      method: "酶抑制率法",
      standard: "GB/T 5009.199-2003",
      limitPermille: 500,
      inhibitionPermille: 87,
      conclusion: "passed",
      instrument: "CL-BIII",
      testerRole: "市场快检员",
    }),
    vectorOf("cancel", { counter: 118 }),
    vectorOf("waste", {
      ...{ commodity: 77, lot: LOT, weightGrams: 1_500, wastedAtSeconds: 60_995_500, reason: "sent-back" },
      sentBackOf: { saleRecordId: sha256(asciiBytes("sale record")).slice(0, 16), lineIndex: 0 },
    }),
    vectorOf("stock-take", { commodity: 77, countedGrams: 0, countedAtSeconds: 60_998_000 }),
  ]),
})
