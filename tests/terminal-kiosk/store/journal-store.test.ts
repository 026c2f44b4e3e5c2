import { afterAll, describe, expect, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { appendFile, readFile, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openJournalStore } from "@suyuan/terminal-kiosk/store/journal-store"
import type { Change } from "@suyuan/terminal-kiosk/store/local-store"
import { localStoreContract } from "./local-store-contract"
import { MemoryStore } from "./memory-store"

const directory = mkdtempSync(join(tmpdir(), "suyuan-journal-"))
afterAll(() => rmSync(directory, { recursive: true }))

let files = 0
const newFile = () => join(directory, `${files++}`, "journal")

localStoreContract("fake", async () => new MemoryStore())
localStoreContract("journal", () => openJournalStore(newFile()))

const row = (key: string, text = "a1"): Change => ({
  table: "outbox",
  change: "put",
  key,
  row: { kind: "sale", envelope: text, queuedAtMs: 1 },
})
const keysIn = async (file: string) => {
  const store = await openJournalStore(file)
  const keys = (await store.list("outbox")).map(([key]) => key)
  await store.close()
  return keys
}

describe("journal", () => {
  test("keeps everything over a restart, readable by its owner alone", async () => {
    const file = newFile()
    const store = await openJournalStore(file)
    await store.commit([row("a"), row("摊位", "中文")])
    await store.close()
    expect(await keysIn(file)).toEqual(["a", "摊位"])
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  test("cuts off a last write that was torn at any byte, and goes on", async () => {
    const file = newFile()
    const store = await openJournalStore(file)
    await store.commit([row("a")])
    const before = (await stat(file)).size
    await store.commit([row("b"), row("c")])
    await store.close()
    const whole = await readFile(file)
    for (let length = before; length < whole.length; length++) {
      await writeFile(file, whole.subarray(0, length))
      expect(await keysIn(file)).toEqual(["a"])
    }
    const again = await openJournalStore(file)
    await again.commit([row("d")])
    await again.close()
    expect(await keysIn(file)).toEqual(["a", "d"])
  })

  test("cuts off a file that was lengthened but not filled", async () => {
    const file = newFile()
    const store = await openJournalStore(file)
    await store.commit([row("a")])
    await store.close()
    await appendFile(file, new Uint8Array(300))
    expect(await keysIn(file)).toEqual(["a"])
  })

  test("refuses a journal that is damaged before its last frame, and changes nothing", async () => {
    const file = newFile()
    const store = await openJournalStore(file)
    await store.commit([row("a")])
    await store.commit([row("b")])
    await store.close()
    const whole = await readFile(file)
    // In the magic, the length, the check and the body of the first frame.
    for (const at of [0, 4, 7, 9, 20]) {
      const bytes = Buffer.from(whole)
      bytes[at] = bytes[at]! ^ 1
      await writeFile(file, bytes)
      await expect(openJournalStore(file)).rejects.toThrow("damaged")
      expect(await readFile(file)).toEqual(bytes)
    }
  })

  test("trusts nothing once another process has written to it", async () => {
    const file = newFile()
    const store = await openJournalStore(file)
    await store.commit([row("a")])
    const other = await openJournalStore(file)
    await other.commit([row("b")])
    await expect(store.commit([row("c")])).rejects.toThrow("another process")
    await expect(store.commit([row("d")])).rejects.toThrow("another process")
    await Promise.all([store.close(), other.close()])
    expect(await keysIn(file)).toEqual(["a", "b"])
  })

  test("writes itself anew when most of it has been overtaken", async () => {
    const file = newFile()
    const store = await openJournalStore(file)
    for (let i = 0; i < 12; i++) await store.commit([row("a", "ab".repeat(60_000)), row("b")])
    await store.close()
    const before = (await stat(file)).size
    expect(await keysIn(file)).toEqual(["a", "b"])
    expect((await stat(file)).size).toBeLessThan(before / 5)
    expect(await keysIn(file)).toEqual(["a", "b"])
  })

  test("has every commit that was answered before the process was killed", async () => {
    const file = newFile()
    const child = Bun.spawn([process.execPath, join(import.meta.dir, "commit-for-ever.ts"), file], { stdout: "pipe" })
    let told = ""
    for await (const chunk of child.stdout as unknown as AsyncIterable<Uint8Array>) {
      told += new TextDecoder().decode(chunk)
      if (told.split("\n").length > 20) child.kill("SIGKILL")
    }
    await child.exited
    const answered = told.split("\n").length - 1
    const kept = await keysIn(file)
    expect(answered).toBeGreaterThan(19)
    expect(kept.length).toBeGreaterThanOrEqual(answered)
    expect(kept).toEqual(kept.map((_, i) => String(i).padStart(8, "0")))
  })
})
