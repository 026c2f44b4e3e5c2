import { createHash } from "node:crypto"
import { mkdtemp, open, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

const chunkBytes = 64 * 1024

/** A bill as it came. On disk, because it may be larger than the memory should be. */
export type BillFile = {
  readonly size: number
  readonly sha1: Uint8Array
  readonly chunks: (from?: number, to?: number) => AsyncGenerator<Uint8Array>
  readonly close: () => Promise<void>
}

/**
 * Keeps what comes in a file that has no name any more: a bill names payers, and nothing of it is left when the process
 * ends, however it ends. `undefined` when more than `bytesMax` come.
 */
export async function spoolBill(parts: AsyncIterable<Uint8Array>, bytesMax: number): Promise<BillFile | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "suyuan-bill-"))
  const handle = await open(join(folder, "bill"), "wx+", 0o600)
  await rm(folder, { recursive: true })
  const hash = createHash("sha1")
  let size = 0
  try {
    for await (const part of parts) {
      size += part.length
      if (size > bytesMax) {
        await handle.close()
        return undefined
      }
      hash.update(part)
      await handle.write(part)
    }
  } catch (cause) {
    await handle.close()
    throw cause
  }
  async function* chunks(from = 0, to = size): AsyncGenerator<Uint8Array> {
    for (let at = from; at < to; ) {
      const { bytesRead, buffer } = await handle.read({
        buffer: new Uint8Array(Math.min(chunkBytes, to - at)),
        position: at,
      })
      if (bytesRead === 0) throw new Error("a bill file became shorter")
      at += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  }
  return { size, sha1: new Uint8Array(hash.digest()), chunks, close: () => handle.close() }
}
