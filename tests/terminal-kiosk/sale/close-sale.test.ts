import { expect, test } from "bun:test"
import { p256 } from "@noble/curves/nist.js"
import { DEVELOPMENT_NETWORK_ID } from "@suyuan/protocol/network"
import { matchLines, verifyPayCode } from "@suyuan/protocol/terminal/pay-code-signature"
import { parsePayCodeUrl } from "@suyuan/protocol/terminal/pay-code-url"
import { priceSalt } from "@suyuan/protocol/terminal/price-salt"
import { isLowS } from "@suyuan/protocol/terminal/signature"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import type { KeyStore } from "@suyuan/terminal-kiosk/keys/key-store"
import { closeSale } from "@suyuan/terminal-kiosk/sale/close-sale"
import { closeTerminal, openTerminal } from "@suyuan/terminal-kiosk/terminal"
import {
  cabbage,
  newestBody,
  openStall,
  openStockedStall,
  publicKey,
  queuedKinds,
  RECEIPT_KEY,
  stallClock,
  TERMINAL,
  testKeys,
} from "../headless-terminal"

const key = { algorithm: "ed25519", publicKey } as const

function read(url: string) {
  const code = parsePayCodeUrl(url, { allowHttp: true })
  if (!code.ok) throw new Error(code.error)
  const salt = priceSalt(RECEIPT_KEY, DEVELOPMENT_NETWORK_ID, TERMINAL, code.value.body.counter)
  const by = { networkId: DEVELOPMENT_NETWORK_ID, priceSalt: salt, terminalKey: key, verifySignature: verifyNoble }
  return { code: code.value, salt, verified: verifyPayCode(code.value, by) }
}

test("[PC-12] a basket becomes a signed code, its sale and its outbox row in one commit", async () => {
  const { terminal, store } = await openStockedStall()
  const commits = store.commits
  const closed = await closeSale(terminal, cabbage("b1"))
  if (!closed.ok) throw new Error(closed.error)
  // One more reserved the block of numbers.
  expect(store.commits).toBe(commits + 2)
  const { code, verified } = read(closed.value.url)
  expect(verified.ok).toBe(true)
  expect(code.body).toMatchObject({ terminal: TERMINAL, counter: 1, amountFen: 900 })
  expect(await queuedKinds(store)).toEqual(["snapshot", "sale"])
  const body = await newestBody(store, "sale")
  expect(body.settlement).toBe("platform")
  expect(body.lines).toBeUndefined()
})

test("the same basket is the same sale: nothing is signed twice", async () => {
  const { terminal, keys, store } = await openStockedStall()
  const [one, two] = await Promise.all([closeSale(terminal, cabbage("b1")), closeSale(terminal, cabbage("b1"))])
  const signatures = keys.signatures()
  const three = await closeSale(terminal, cabbage("b1"))
  expect(keys.signatures()).toBe(signatures)
  expect(one.ok && two.ok && three.ok && [two.value.url, three.value.url]).toEqual(
    one.ok ? [one.value.url, one.value.url] : [],
  )
  expect(await store.list("sales")).toHaveLength(1)
})

test("a basket that became a sale is not another sale with other goods in it", async () => {
  const { terminal, store } = await openStockedStall()
  await closeSale(terminal, cabbage("b1"))
  const changed = { ...cabbage("b1"), lines: [...cabbage().lines, ...cabbage().lines] }
  expect(await closeSale(terminal, changed)).toEqual({ ok: false, error: "sale/basket-settled" })
  expect(await closeSale(terminal, { ...cabbage("b1"), askedFen: 899 })).toMatchObject({ ok: false })
  expect(await store.count("sales")).toBe(1)
})

test("a sale whose commit was lost shows no code, and its number is not used again", async () => {
  const stall = await openStockedStall()
  await closeSale(stall.terminal, cabbage("b1"))
  stall.store.losePower = true
  await expect(closeSale(stall.terminal, cabbage("b2"))).rejects.toThrow("power")
  stall.store.losePower = false
  const again = await openStall(stall.store, stall.clock)
  const closed = await closeSale(again.terminal, cabbage("b2"))
  expect(closed.ok && closed.value.sale.counter).toBeGreaterThan(2)
})

test("after a clean switch-off the next number follows", async () => {
  const stall = await openStockedStall()
  await closeSale(stall.terminal, cabbage())
  await closeTerminal(stall.terminal)
  const again = await openStall(stall.store, stall.clock)
  const closed = await closeSale(again.terminal, cabbage())
  expect(closed.ok && closed.value.sale.counter).toBe(2)
})

test("[PC-13] nine lines and more go into a digest, and the upload brings them", async () => {
  const { terminal, store } = await openStockedStall()
  const lines = Array.from({ length: 9 }, (_, i) => ({
    slot: 1 + (i % 2),
    quantity: i % 2 === 0 ? ({ unit: "gram", count: 100 + i } as const) : ({ unit: "piece", count: 1 + i } as const),
    unitPriceFen: 500 + i,
  }))
  const closed = await closeSale(terminal, { id: "b1", lines, askedFen: undefined })
  if (!closed.ok) throw new Error(closed.error)
  const { code, salt, verified } = read(closed.value.url)
  expect(verified.ok).toBe(true)
  expect(code.body.lines.kind).toBe("digest")
  const uploaded = (await newestBody(store, "sale")).lines ?? []
  expect(matchLines(code.body, uploaded, { networkId: DEVELOPMENT_NETWORK_ID, priceSalt: salt }).ok).toBe(true)
})

test("refuses what is no sale", async () => {
  const { terminal } = await openStockedStall()
  const line = { slot: 1, quantity: { unit: "gram", count: 2500 }, unitPriceFen: 360 } as const
  const refusals = await Promise.all([
    closeSale(terminal, { id: "1", lines: [], askedFen: undefined }),
    closeSale(terminal, { id: "2", lines: [{ ...line, slot: 9 }], askedFen: undefined }),
    closeSale(terminal, { id: "3", lines: [line], askedFen: 901 }),
    closeSale(terminal, { id: "4", lines: [line], askedFen: 0 }),
    closeSale(terminal, { id: "5", lines: Array.from({ length: 256 }, () => line), askedFen: undefined }),
    closeSale((await openStall()).terminal, { id: "6", lines: [line], askedFen: undefined }),
  ])
  expect(refusals.map((refusal) => !refusal.ok && refusal.error)).toEqual([
    "sale/no-lines",
    "sale/unknown-slot",
    "sale/amount-above-lines",
    "sale/amount-below-one-fen",
    "sale/too-many-lines",
    "sale/no-snapshot",
  ])
})

test("[PC-17] a tablet whose key is P-256 shows codes with low S, whichever its signer gives", async () => {
  const secretKey = new Uint8Array(32).fill(3)
  const publicKey = p256.getPublicKey(secretKey)
  let highSigned = 0
  const keys: KeyStore = {
    ...testKeys(),
    signingKey: async () => ({
      algorithm: "p256",
      publicKey,
      sign: async (message) => {
        const signature = p256.sign(message, secretKey, { lowS: false, prehash: true })
        if (!isLowS(signature)) highSigned += 1
        return signature
      },
    }),
  }
  const { store } = await openStockedStall()
  const terminal = await openTerminal({ keys, store, clock: stallClock() })
  if (terminal === undefined) throw new Error("the terminal did not open")
  for (let i = 0; i < 12; i++) {
    const closed = await closeSale(terminal, cabbage())
    if (!closed.ok) throw new Error(closed.error)
    const code = parsePayCodeUrl(closed.value.url, { allowHttp: true })
    if (!code.ok) throw new Error(code.error)
    const salt = priceSalt(RECEIPT_KEY, DEVELOPMENT_NETWORK_ID, TERMINAL, code.value.body.counter)
    const terminalKey = { algorithm: "p256", publicKey } as const
    const by = { networkId: DEVELOPMENT_NETWORK_ID, priceSalt: salt, terminalKey, verifySignature: verifyNoble }
    expect(verifyPayCode(code.value, by).ok).toBe(true)
  }
  expect(highSigned).toBeGreaterThan(0)
})
