import { concatBytes, uintToBytes } from "@suyuan/protocol/codec/bytes"
import { bytesToUuid } from "@suyuan/protocol/terminal/identifiers"
import type { Clock, Random } from "./clock"

/** 12 bits of RFC 9562's `rand_a`. */
const PER_MILLISECOND = 0x1000

/**
 * UUIDv7 (RFC 9562 §5.7, with a counter as §6.2 method 1 has it): rows named by them lie in the order in which they
 * were made, also within a millisecond and when the clock is set back.
 */
export function risingIds(clock: Clock, random: Random): () => string {
  let stamp = 0
  return () => {
    stamp = Math.max(stamp + 1, clock.nowMs() * PER_MILLISECOND)
    const bytes = concatBytes(
      uintToBytes(Math.floor(stamp / PER_MILLISECOND), 6),
      uintToBytes(0x7000 | (stamp % PER_MILLISECOND), 2),
      random.bytes(8),
    )
    bytes[8] = 0x80 | (bytes[8]! & 0x3f)
    return bytesToUuid(bytes)
  }
}
