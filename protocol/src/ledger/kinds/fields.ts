/** Fields that several kinds of records share. Instants are whole seconds since 2024-01-01T00:00:00Z. */

import { bytes, converted, type Shape, text, uint } from "../../codec/shape"
import { bytesToUuid, uuidToBytes } from "../../terminal/identifiers"

export const ALIAS_BYTES = 8
export const HASH_BYTES = 32
export const SIGNATURE_BYTES = 64

/** Code points of a declared origin, as the stock snapshot has it. */
export const DECLARED_ORIGIN_CHARACTERS_MAX = 64

export const uint8 = uint(0xff)
export const uint16 = uint(0xffff)
export const uint32 = uint(0xffff_ffff)
/** Up to 1,099,511 tonnes: the largest line of a pay code has 107,374. */
export const grams = uint(0xff_ffff_ffff)
export const secondsSince2024 = uint32
/** Days since 1970-01-01. */
export const day = uint16

export const recordIdBytes = bytes(16)
/** A stall's or pile's name inside one organisation: keyed, so it says nothing about persons. */
export const alias = bytes(ALIAS_BYTES)
export const hash = bytes(HASH_BYTES)
export const signature = bytes(SIGNATURE_BYTES)
/** Lower-case UUID text here, 16 bytes on the wire. */
export const uuid: Shape<string> = converted(bytes(16), bytesToUuid, uuidToBytes)
/** A terminal id as the stock snapshot has it: 5 bytes as an integer. */
export const terminalId = uint(0xff_ffff_ffff)
export const declaredOrigin = text(DECLARED_ORIGIN_CHARACTERS_MAX)
