import { fromHex } from "@suyuan/protocol/codec/bytes"
import type { CborValue } from "@suyuan/protocol/codec/cbor"
import fc from "fast-check"

/** Anything that the subset can hold, up to five levels. */
export const cborValue: fc.Arbitrary<CborValue> = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: "small" },
    fc.oneof(fc.nat(300), fc.maxSafeNat()),
    fc.string({ unit: "grapheme", maxLength: 30 }),
    fc.uint8Array({ maxLength: 30 }),
    fc.array(tie("value"), { maxLength: 5 }),
    fc
      .uniqueArray(fc.tuple(fc.nat(300), tie("value")), { maxLength: 5, selector: ([key]) => key })
      .map((entries) => new Map(entries.sort(([a], [b]) => a - b))),
  ),
})).value

/** The stand-ins of tests/vectors/cbor.json. */
export function fromCborJson(json: unknown): CborValue {
  if (typeof json === "number" || typeof json === "string") return json
  if (Array.isArray(json)) return json.map(fromCborJson)
  const object = json as { bytes?: string; map?: readonly [number, unknown][] }
  if (object.bytes !== undefined) return fromHex(object.bytes)!
  return new Map(object.map!.map(([key, value]) => [key, fromCborJson(value)]))
}
