import { sha256 } from "@noble/hashes/sha2.js"
import { toHex, utf8Encode } from "@suyuan/protocol/codec/bytes"
import type { Random } from "../context"

/** Tells an access token from a buyer's session at a glance, and lets a scanner of leaked secrets find it. */
export const ACCESS_TOKEN_PREFIX = "sya_"

/** 256 random bits in hex behind the prefix. */
export function newAccessToken(random: Random): string {
  return ACCESS_TOKEN_PREFIX + toHex(random.bytes(32))
}

/** What is stored of a token. No salt and no stretching: nobody guesses 256 bits. */
export function tokenHash(token: string): string {
  return toHex(sha256(utf8Encode(token)))
}
