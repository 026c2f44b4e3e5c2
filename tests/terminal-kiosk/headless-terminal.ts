// An enrolled terminal in memory, with keys and a clock of the test's own, and eyes for what it queued.
import { ed25519 } from "@noble/curves/ed25519.js"
import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { DEVELOPMENT_NETWORK_ID } from "@suyuan/protocol/network"
import { parseUpload, type UploadKind, verifyUpload } from "@suyuan/protocol/terminal/upload"
import { parseUploadBody, type UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import type { Basket } from "@suyuan/terminal-kiosk/basket/basket"
import type { KeyStore } from "@suyuan/terminal-kiosk/keys/key-store"
import { writeSnapshot } from "@suyuan/terminal-kiosk/stock/write-snapshot"
import type { LocalStore } from "@suyuan/terminal-kiosk/store/local-store"
import { type IdentityRow, THE_ONE } from "@suyuan/terminal-kiosk/store/rows"
import { openTerminal, type Terminal } from "@suyuan/terminal-kiosk/terminal"
import { MemoryStore } from "./store/memory-store"

export const TERMINAL = 0x0100000007
export const RECEIPT_KEY = new Uint8Array(32).fill(9)
const secretKey = new Uint8Array(32).fill(5)
export const publicKey = ed25519.getPublicKey(secretKey)

export const identity: IdentityRow = {
  terminal: TERMINAL,
  networkId: DEVELOPMENT_NETWORK_ID,
  gatewayUrl: "http://127.0.0.1:8720",
  stall: { merchantId: "0199d3a0-7c1e-7000-8000-000000000001", stallNumber: "A-12", name: "甲摊" },
  site: {
    id: "0199d3a0-7c1e-7000-8000-000000000002",
    number: 7,
    kind: "market",
    name: "测试市场",
    nameEn: "Test market",
    zone: "Asia/Shanghai",
    dayStartsAtMinutes: 0,
  },
}

/** Counts signatures: a row is never signed twice. */
export type CountingKeys = KeyStore & { readonly signatures: () => number }

export function testKeys(): CountingKeys {
  let signatures = 0
  const sign = async (message: Uint8Array) => {
    signatures += 1
    return ed25519.sign(message, secretKey)
  }
  return {
    signingKey: async () => ({ algorithm: "ed25519", publicKey, sign }),
    keepReceiptKey: async () => {},
    receiptKey: async () => ({ mac: async (message) => hmac(sha256, RECEIPT_KEY, message) }),
    signatures: () => signatures,
  }
}

export interface Stall {
  readonly terminal: Terminal
  readonly store: MemoryStore
  readonly keys: CountingKeys
  readonly clock: ReturnType<typeof stallClock>
}

export function stallClock(startMs = Date.UTC(2026, 2, 1, 1)) {
  let nowMs = startMs
  let steadyMs = 0
  return {
    nowMs: () => nowMs,
    steadyMs: () => steadyMs,
    /** As a person, or the network's time, sets it: no time goes by. */
    set: (ms: number) => {
      nowMs = ms
    },
    advance: (ms: number) => {
      nowMs += ms
      steadyMs += ms
    },
  }
}

export async function openStall(store = new MemoryStore(), clock = stallClock()): Promise<Stall> {
  if ((await store.get("identity", THE_ONE)) === undefined) {
    await store.commit([{ table: "identity", change: "insert", key: THE_ONE, row: identity }])
  }
  const keys = testKeys()
  const terminal = await openTerminal({ keys, store, clock })
  if (terminal === undefined) throw new Error("an enrolled terminal did not open")
  return { terminal, store, keys, clock }
}

/** With two slots: 1 cabbage, 2 eggs by the piece. */
export async function openStockedStall(): Promise<Stall> {
  const stall = await openStall()
  await writeSnapshot(stall.terminal, [
    {
      slot: 1,
      commodity: 1001,
      lot: undefined,
      declaredOrigin: "河北张北",
      packLowGrams: 0,
      packHighGrams: 0,
      pile: "merged",
    },
    {
      slot: 2,
      commodity: 1002,
      lot: undefined,
      declaredOrigin: "",
      packLowGrams: 50,
      packHighGrams: 70,
      pile: "merged",
    },
  ])
  return stall
}

let baskets = 0

/** 2.5 kg at ¥3.60/kg: ¥9.00. */
export function cabbage(id = `basket-${baskets++}`): Basket {
  return {
    id,
    lines: [{ slot: 1, quantity: { unit: "gram", count: 2500 }, unitPriceFen: 360 }],
    askedFen: undefined,
  }
}

/** What waits in the outbox, signature checked, oldest first. */
async function queued(store: LocalStore) {
  return (await store.list("outbox")).map(([id, row]) => {
    const upload = parseUpload(fromHex(row.envelope) ?? new Uint8Array())
    if (!upload.ok) throw new Error(upload.error)
    const by = {
      networkId: identity.networkId,
      terminal: TERMINAL,
      terminalKey: { algorithm: "ed25519" as const, publicKey },
      verifySignature: verifyNoble,
    }
    if (!verifyUpload(upload.value, by).ok) throw new Error("an upload with a wrong signature was queued")
    if (upload.value.uploadId !== id || upload.value.kind !== row.kind) throw new Error("a row under a wrong name")
    return upload.value
  })
}

export async function queuedKinds(store: LocalStore): Promise<UploadKind[]> {
  return (await queued(store)).map(({ kind }) => kind)
}

/** Body of the newest upload of a kind. */
export async function newestBody<Kind extends UploadKind>(store: LocalStore, kind: Kind): Promise<UploadBody<Kind>> {
  const upload = (await queued(store)).findLast((one) => one.kind === kind)
  if (upload === undefined) throw new Error(`no ${kind} is queued`)
  const body = parseUploadBody(kind, upload.body)
  if (!body.ok) throw new Error(body.error)
  return body.value
}
