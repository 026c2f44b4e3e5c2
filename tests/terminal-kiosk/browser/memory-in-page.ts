// Loaded by memory.test.ts into a page: what a test asks of the tablet's memory and keys, as calls with plain JSON.
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { openWebKeys } from "@suyuan/terminal-kiosk/keys/web-keys"
import { openIndexedDbStore, openTabletDatabase } from "@suyuan/terminal-kiosk/store/indexed-db-store"
import type { Change } from "@suyuan/terminal-kiosk/store/local-store"

const database = await openTabletDatabase()
const store = openIndexedDbStore(database)

const bytesOf = (hex: string) => fromHex(hex) ?? new Uint8Array()

const memory = {
  get: store.get,
  list: store.list,
  count: store.count,
  last: store.last,
  commit: store.commit,
  /** In one turn, without waiting: a read, a commit, the same read. */
  async aroundCommit(changes: readonly Change[], key: string) {
    const before = store.get("outbox", key)
    const committed = store.commit(changes)
    const after = store.get("outbox", key)
    await committed
    return [await before, await after]
  },
  async sign(algorithms: readonly ("Ed25519" | "P-256")[], message: string) {
    const key = await openWebKeys(database, algorithms).signingKey()
    const pair = (await database.get("keys", "signing")) as CryptoKeyPair
    const isReadable = await crypto.subtle.exportKey("pkcs8", pair.privateKey).then(
      () => true,
      () => false,
    )
    const signature = toHex(await key.sign(bytesOf(message)))
    return { algorithm: key.algorithm, publicKey: toHex(key.publicKey), signature, isReadable }
  },
  async keepReceiptKey(key: string, message: string) {
    const keys = openWebKeys(database)
    await keys.keepReceiptKey(bytesOf(key))
    const kept = (await database.get("keys", "receipt")) as CryptoKey
    if (kept.extractable) throw new Error("the receipt key can be read")
    return toHex((await (await keys.receiptKey())?.mac(bytesOf(message))) ?? new Uint8Array())
  },
}

Object.assign(globalThis, { memory })
