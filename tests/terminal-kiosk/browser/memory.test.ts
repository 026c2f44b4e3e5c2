// IndexedDB and WebCrypto as a tablet has them, held to the same contract as the journal file.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { join } from "node:path"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { toLowS } from "@suyuan/protocol/terminal/signature"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import { KeyTakenError, type LocalStore } from "@suyuan/terminal-kiosk/store/local-store"
import type { Browser, Page } from "playwright-core"
import { launchBrowser } from "../../support/launch-browser"
import { localStoreContract } from "../store/local-store-contract"

setDefaultTimeout(30_000)

let browser: Browser
let server: ReturnType<typeof Bun.serve>
beforeAll(async () => {
  const built = await Bun.build({ entrypoints: [join(import.meta.dir, "memory-in-page.ts")], target: "browser" })
  const script = await built.outputs[0]!.text()
  server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: ({ url }) =>
      url.endsWith(".js")
        ? new Response(script, { headers: { "content-type": "text/javascript" } })
        : new Response('<script type="module" src="/memory.js"></script>', {
            headers: { "content-type": "text/html" },
          }),
  })
  browser = await launchBrowser()
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await server?.stop(true)
})

async function openPage(): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await load(page)
  return page
}

async function load(page: Page): Promise<void> {
  await page.goto(server.url.href)
  await page.waitForFunction(() => "memory" in globalThis)
}

/** Calls one method of what stands in the page; a taken key comes out as the error that it was. */
async function call<T>(page: Page, method: string, ...given: unknown[]): Promise<T> {
  const outcome = await page.evaluate(
    async ([name, values]) => {
      const { memory } = globalThis as unknown as { memory: Record<string, (...all: unknown[]) => Promise<unknown>> }
      try {
        return { value: await memory[name]!(...values) }
      } catch (error) {
        return { failure: (error as Error).name }
      }
    },
    [method, given] as const,
  )
  if (outcome.failure === "KeyTakenError") throw new KeyTakenError("outbox", "a")
  if (outcome.failure !== undefined) throw new Error(outcome.failure)
  return outcome.value as T
}

async function openStore(): Promise<LocalStore> {
  const page = await openPage()
  return {
    get: (table, key) => call(page, "get", table, key),
    list: (table, range) => call(page, "list", table, range),
    count: (table) => call(page, "count", table),
    last: (table) => call(page, "last", table),
    commit: (changes) => call(page, "commit", changes),
    close: () => page.context().close(),
  }
}

localStoreContract("IndexedDB", openStore)

test("a commit that was answered is there when the page is opened again", async () => {
  const page = await openPage()
  const row = { kind: "sale", envelope: "a1", queuedAtMs: 1 }
  await call(page, "commit", [{ table: "outbox", change: "insert", key: "a", row }])
  await load(page)
  expect(await call<unknown>(page, "get", "outbox", "a")).toEqual(row)
  await page.context().close()
})

test("reads of one turn share a transaction, and one that is asked after a commit sees it all the same", async () => {
  const page = await openPage()
  const row = { kind: "sale", envelope: "a1", queuedAtMs: 1 }
  const changes = [{ table: "outbox", change: "insert", key: "a", row }]
  expect(await call<unknown>(page, "aroundCommit", changes, "a")).toEqual([undefined, row])
  await page.context().close()
})

test("what is written is on the disk when it is answered: every transaction asks for strict durability", async () => {
  const page = await openPage()
  await page.evaluate(() => {
    const asked: unknown[] = []
    const { transaction } = IDBDatabase.prototype
    IDBDatabase.prototype.transaction = function (names, mode, options) {
      if (mode === "readwrite") asked.push(options?.durability)
      return transaction.call(this, names, mode, options)
    }
    Object.assign(globalThis, { asked })
  })
  const row = { kind: "sale", envelope: "a1", queuedAtMs: 1 }
  await call(page, "commit", [{ table: "outbox", change: "insert", key: "a", row }])
  await call(page, "sign", ["Ed25519", "P-256"], "01")
  await call(page, "keepReceiptKey", "09".repeat(32), "ab")
  const asked = await page.evaluate(() => (globalThis as unknown as { asked: unknown[] }).asked)
  expect(asked.length).toBeGreaterThanOrEqual(3)
  expect(new Set(asked)).toEqual(new Set(["strict"]))
  await page.context().close()
})

test.each([
  ["ed25519", ["Ed25519", "P-256"]],
  ["p256", ["P-256"]],
] as const)(
  "%s: made once, signs as the gateway verifies, cannot be read, and is the same after a restart",
  async (algorithm, wanted) => {
    const page = await openPage()
    type Signed = { algorithm: string; publicKey: string; signature: string; isReadable: boolean }
    const first = await call<Signed>(page, "sign", wanted, "01020304")
    await load(page)
    const second = await call<Signed>(page, "sign", wanted, "01020304")
    expect(first).toMatchObject({ algorithm, isReadable: false })
    expect(second.publicKey).toBe(first.publicKey)
    for (const { publicKey, signature } of [first, second]) {
      const bytes = fromHex(signature)!
      const lowered = algorithm === "p256" ? toLowS(bytes) : bytes
      expect(verifyNoble(algorithm, fromHex(publicKey)!, Uint8Array.of(1, 2, 3, 4), lowered)).toBe(true)
    }
    await page.context().close()
  },
)

test("a browser without Ed25519 gets P-256 by itself", async () => {
  const page = await openPage()
  const signed = await call<{ algorithm: string }>(page, "sign", ["no such algorithm", "P-256"], "01")
  expect(signed.algorithm).toBe("p256")
  await page.context().close()
})

test("the receipt key is kept once: the same again is fine, another is refused, and it cannot be read", async () => {
  const page = await openPage()
  const key = "09".repeat(32)
  const mac = await call<string>(page, "keepReceiptKey", key, "ab")
  expect(await call<string>(page, "keepReceiptKey", key, "ab")).toBe(mac)
  expect(mac).toBe(
    new Bun.CryptoHasher("sha256", Buffer.from(key, "hex")).update(Buffer.from("ab", "hex")).digest("hex"),
  )
  expect(call(page, "keepReceiptKey", "08".repeat(32), "ab")).rejects.toThrow()
  await page.context().close()
})
