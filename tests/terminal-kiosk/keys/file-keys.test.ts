import { afterAll, expect, test } from "bun:test"
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { checkPublicKey } from "@suyuan/protocol/terminal/public-key"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import { openFileKeys } from "@suyuan/terminal-kiosk/keys/file-keys"

const directory = mkdtempSync(join(tmpdir(), "suyuan-keys-"))
afterAll(() => rmSync(directory, { recursive: true }))

test("makes a signing key once, and has the same one after a restart", async () => {
  const place = join(directory, "a")
  const key = await openFileKeys(place).signingKey()
  const message = new Uint8Array([1, 2, 3])
  expect(checkPublicKey(key.algorithm, key.publicKey).ok).toBe(true)
  expect(verifyNoble("ed25519", key.publicKey, message, await key.sign(message))).toBe(true)
  const again = await openFileKeys(place).signingKey()
  expect(again.publicKey).toEqual(key.publicKey)
  expect(await again.sign(message)).toEqual(await key.sign(message))
})

test("keeps keys for their owner alone", async () => {
  const place = join(directory, "b")
  const keys = openFileKeys(place)
  await keys.signingKey()
  await keys.keepReceiptKey(new Uint8Array(32).fill(1))
  for (const name of readdirSync(place)) expect(statSync(join(place, name)).mode & 0o777).toBe(0o600)
})

test("authenticates with the receipt key that the gateway gave, and takes no second one", async () => {
  const keys = openFileKeys(join(directory, "c"))
  expect(await keys.receiptKey()).toBeUndefined()
  const given = new Uint8Array(32).fill(7)
  await keys.keepReceiptKey(given)
  await keys.keepReceiptKey(given)
  await expect(keys.keepReceiptKey(new Uint8Array(32))).rejects.toThrow("another receipt key")
  const message = new Uint8Array([4, 5])
  expect(await (await keys.receiptKey())?.mac(message)).toEqual(hmac(sha256, given, message))
})
