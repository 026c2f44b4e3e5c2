/**
 * Reads the few files of a zip archive from disk, in pieces (APPNOTE 4.3): by its central directory, because writers that
 * stream leave the sizes out of the local headers. No encryption, no zip64, stored or deflated entries only. Sizes are
 * what the archive declares; what does not inflate to exactly that, or to another CRC-32, is torn.
 */
import { crc32 } from "node:zlib"
import { Inflate } from "fflate"
import type { BillFile } from "./bill-file"
import { BillUnreadable } from "./bill-pages"

export type ZipEntry = {
  readonly deflated: boolean
  readonly crc: number
  readonly compressedBytes: number
  readonly bytes: number
  readonly headerAt: number
}

const endBytes = 22
const commentBytesMax = 0xffff
const centralBytes = 46
const localBytes = 30
const endMark = 0x06054b50
const centralMark = 0x02014b50
const localMark = 0x04034b50

const malformed = () => new BillUnreadable("malformed")

async function viewOf(file: BillFile, from: number, to: number): Promise<DataView> {
  if (from < 0 || to > file.size || to < from) throw malformed()
  const bytes = new Uint8Array(to - from)
  let length = 0
  for await (const chunk of file.chunks(from, to)) {
    bytes.set(chunk, length)
    length += chunk.length
  }
  return new DataView(bytes.buffer)
}

/** @throws BillUnreadable for what is no archive, or one of more than `entriesMax` files. */
export async function zipEntries(file: BillFile, entriesMax: number): Promise<ZipEntry[]> {
  const tailAt = Math.max(0, file.size - endBytes - commentBytesMax)
  const tail = await viewOf(file, tailAt, file.size)
  let at = tail.byteLength - endBytes
  while (at >= 0 && tail.getUint32(at, true) !== endMark) at -= 1
  if (at < 0) throw malformed()
  const count = tail.getUint16(at + 10, true)
  if (count > entriesMax) throw new BillUnreadable("too-large")
  const directoryAt = tail.getUint32(at + 16, true)
  const directory = await viewOf(file, directoryAt, directoryAt + tail.getUint32(at + 12, true))
  const entries: ZipEntry[] = []
  let place = 0
  while (entries.length < count) {
    if (place + centralBytes > directory.byteLength || directory.getUint32(place, true) !== centralMark) {
      throw malformed()
    }
    const encrypted = (directory.getUint16(place + 8, true) & 1) === 1
    const method = directory.getUint16(place + 10, true)
    if (encrypted || (method !== 0 && method !== 8)) throw malformed()
    entries.push({
      deflated: method === 8,
      crc: directory.getUint32(place + 16, true),
      compressedBytes: directory.getUint32(place + 20, true),
      bytes: directory.getUint32(place + 24, true),
      headerAt: directory.getUint32(place + 42, true),
    })
    const lengths = [28, 30, 32].map((offset) => directory.getUint16(place + offset, true))
    place += centralBytes + lengths.reduce((sum, length) => sum + length, 0)
  }
  return entries
}

/** @throws BillUnreadable as soon as more comes out than was declared, and at the end unless it is the same. */
export async function* inflateEntry(file: BillFile, entry: ZipEntry): AsyncGenerator<Uint8Array> {
  const header = await viewOf(file, entry.headerAt, entry.headerAt + localBytes)
  if (header.getUint32(0, true) !== localMark) throw malformed()
  const from = entry.headerAt + localBytes + header.getUint16(26, true) + header.getUint16(28, true)
  const to = from + entry.compressedBytes
  if (to > file.size) throw malformed()
  let length = 0
  let crc = 0
  for await (const bytes of entry.deflated ? inflated(file.chunks(from, to)) : file.chunks(from, to)) {
    length += bytes.length
    if (length > entry.bytes) throw malformed()
    crc = crc32(bytes, crc)
    yield bytes
  }
  if (length !== entry.bytes || crc !== entry.crc) throw malformed()
}

async function* inflated(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let out: Uint8Array[] = []
  const inflate = new Inflate((bytes) => void out.push(bytes))
  const push = (bytes: Uint8Array, final: boolean) => {
    out = []
    try {
      inflate.push(bytes, final)
    } catch {
      throw malformed()
    }
    return out
  }
  for await (const chunk of chunks) yield* push(chunk, false)
  yield* push(new Uint8Array(0), true)
}
