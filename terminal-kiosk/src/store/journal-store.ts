/**
 * The local store of a headless terminal: every commit is one frame at the end of a file, and is answered only after
 * fsync. Commits that come together share one fsync. On opening, a torn last frame is cut off; when most of the file
 * has been overtaken, it is written anew.
 */
import { type FileHandle, mkdir, open, readFile, rename } from "node:fs/promises"
import { dirname } from "node:path"
import { encodeFrame, readFrames } from "./journal-frames"
import type { Change, LocalStore } from "./local-store"
import { type PendingKeys, TableMemory } from "./table-memory"

/** Below it a file is never worth writing anew. */
const COMPACT_BYTES_MIN = 1_000_000
/** Changes on file for each row that is there. */
const COMPACT_RATIO = 4

type Waiting = { readonly changes: readonly Change[]; readonly done: PromiseWithResolvers<void> }

/** @throws Error when the journal is damaged beyond a torn end: then a person must look. */
export async function openJournalStore(file: string): Promise<LocalStore> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const memory = new TableMemory()
  const { bytes, changes } = await readJournal(file, memory)
  const isOvertaken = bytes > COMPACT_BYTES_MIN && changes > COMPACT_RATIO * memory.rows
  const length = isOvertaken ? await writeAnew(file, memory) : bytes
  const handle = await open(file, "a", 0o600)
  await handle.truncate(length)
  await handle.sync()
  await syncFolder(file)
  return new JournalStore(handle, length, memory)
}

class JournalStore implements LocalStore {
  readonly #handle: FileHandle
  readonly #memory: TableMemory
  #length: number
  #waiting: Waiting[] = []
  #writing: Promise<void> | undefined
  #failure: Error | undefined

  constructor(handle: FileHandle, length: number, memory: TableMemory) {
    this.#handle = handle
    this.#length = length
    this.#memory = memory
  }

  get: LocalStore["get"] = async (table, key) => this.#memory.get(table, key)
  list: LocalStore["list"] = async (table, page) => this.#memory.list(table, page)
  count: LocalStore["count"] = async (table) => this.#memory.count(table)
  last: LocalStore["last"] = async (table) => this.#memory.last(table)

  commit(changes: readonly Change[]): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (changes.length === 0) return Promise.resolve()
    const done = Promise.withResolvers<void>()
    this.#waiting.push({ changes, done })
    this.#writing ??= this.#writeGroups()
    return done.promise
  }

  async close(): Promise<void> {
    await this.#writing
    this.#failure ??= new Error("the store is closed")
    await this.#handle.close()
  }

  async #writeGroups(): Promise<void> {
    // Commits of the same moment share the first fsync, too.
    await undefined
    while (this.#waiting.length > 0) {
      const group = this.#accept(this.#waiting.splice(0))
      try {
        if (group.length > 0) await this.#append(group.map(({ changes }) => encodeFrame(changes)))
        for (const { changes, done } of group) {
          this.#memory.apply(changes)
          done.resolve()
        }
      } catch (error) {
        // What the disk has of it is unknown: only opening the file again tells.
        this.#failure = error as Error
        for (const { done } of [...group, ...this.#waiting.splice(0)]) done.reject(this.#failure)
      }
    }
    this.#writing = undefined
  }

  #accept(asked: readonly Waiting[]): Waiting[] {
    const pending: PendingKeys = new Map()
    return asked.filter(({ changes, done }) => {
      try {
        this.#memory.check(changes, pending)
        return true
      } catch (error) {
        done.reject(error)
        return false
      }
    })
  }

  async #append(frames: readonly Uint8Array[]): Promise<void> {
    const { size } = await this.#handle.stat()
    if (size !== this.#length) throw new Error("another process wrote to this terminal's journal")
    const bytes = Buffer.concat(frames)
    await this.#handle.appendFile(bytes)
    await this.#handle.datasync()
    this.#length += bytes.length
  }
}

async function readJournal(file: string, memory: TableMemory): Promise<{ bytes: number; changes: number }> {
  const journal = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined
    throw error
  })
  if (journal === undefined) return { bytes: 0, changes: 0 }
  const read = readFrames(new Uint8Array(journal))
  if (!read.ok) throw new Error(`${file} is damaged in its middle: nothing was changed, restore it from a copy`)
  let changes = 0
  for (const commit of read.value.commits) {
    memory.apply(commit)
    changes += commit.length
  }
  return { bytes: read.value.bytes, changes }
}

async function writeAnew(file: string, memory: TableMemory): Promise<number> {
  const frame = encodeFrame(memory.all())
  const handle = await open(`${file}.new`, "w", 0o600)
  try {
    await handle.writeFile(frame)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${file}.new`, file)
  return frame.length
}

/** The name of a new file is durable only when its folder is. */
async function syncFolder(file: string): Promise<void> {
  const folder = await open(dirname(file), "r")
  await folder.sync().finally(() => folder.close())
}
