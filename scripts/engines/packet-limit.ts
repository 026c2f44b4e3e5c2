// Ends a connection whose MQTT packet announces more bytes than allowed, before anything is kept in memory for it:
// aedes itself would collect the 256 MB that MQTT's four length bytes can announce.
import type { Duplex } from "node:stream"

const LENGTH_BYTES_MAX = 4

/** Follows the fixed headers (MQTT 3.1.1 §2.2) in whatever is read from the connection, and destroys it at the first that is too large. */
export function limitPackets(connection: Duplex, packetBytesMax: number): void {
  const exceeds = packetWatch(packetBytesMax)
  const read = connection.read.bind(connection)
  // The broker takes bytes only by `read`, so this sees each of them once, without copying them through another stream.
  connection.read = (size?: number | null) => {
    const chunk = size === undefined || size === null ? readEverything(read) : (read(size) as Buffer | null)
    if (chunk === null || !exceeds(chunk)) return chunk
    connection.destroy(new Error(`a packet of more than ${packetBytesMax} bytes`))
    return null
  }
}

/**
 * Whatever has arrived. The broker asks once and then waits for the next event; on a stream that somebody has resumed,
 * one `read()` gives the first of several pieces only, and the rest would lie there until the client says more.
 */
function readEverything(read: () => Buffer | null): Buffer | null {
  const pieces: Buffer[] = []
  for (let piece = read(); piece !== null; piece = read()) pieces.push(piece)
  return pieces.length === 0 ? null : Buffer.concat(pieces)
}

/** Takes a stream of packets in pieces; true as soon as a packet's announced length is above the limit or no length at all. */
export function packetWatch(packetBytesMax: number): (chunk: Uint8Array) => boolean {
  let bodyBytesLeft = 0
  let lengthBytes = -1 // -1: the next byte is the packet's first
  let length = 0

  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      if (bodyBytesLeft > 0) {
        const skipped = Math.min(bodyBytesLeft, chunk.length - at)
        bodyBytesLeft -= skipped
        at += skipped
        continue
      }
      const byte = chunk[at] ?? 0
      at += 1
      if (lengthBytes < 0) {
        lengthBytes = 0
        length = 0
        continue
      }
      length += (byte & 0x7f) * 128 ** lengthBytes
      lengthBytes += 1
      if ((byte & 0x80) !== 0 && lengthBytes === LENGTH_BYTES_MAX) return true
      if ((byte & 0x80) !== 0) continue
      if (length > packetBytesMax) return true
      bodyBytesLeft = length
      lengthBytes = -1
    }
    return false
  }
}
