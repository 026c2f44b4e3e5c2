/** tests/vectors/cbor.json. `bun scripts/vectors/cbor.ts` */
import { toHex } from "@suyuan/protocol/codec/bytes"
import { type CborValue, encodeCbor } from "@suyuan/protocol/codec/cbor"
import { writeVectorsOnce } from "./write-once"

/** JSON has neither bytes nor integer keys: `{"bytes": hex}` and `{"map": [[key, value], …]}` stand for them. */
type CborJson = number | string | readonly CborJson[] | { bytes: string } | { map: readonly [number, CborJson][] }

function toJson(value: CborValue): CborJson {
  if (typeof value === "number" || typeof value === "string") return value
  if (value instanceof Uint8Array) return { bytes: toHex(value) }
  if (value instanceof Map) return { map: [...value].map(([key, item]) => [key, toJson(item)]) }
  return (value as readonly CborValue[]).map(toJson)
}

/** RFC 8949 appendix A, the rows that are in the subset: not computed here. */
const appendixA: readonly { readonly value: CborJson; readonly hex: string }[] = [
  { value: 0, hex: "00" },
  { value: 1, hex: "01" },
  { value: 10, hex: "0a" },
  { value: 23, hex: "17" },
  { value: 24, hex: "1818" },
  { value: 25, hex: "1819" },
  { value: 100, hex: "1864" },
  { value: 1000, hex: "1903e8" },
  { value: 1000000, hex: "1a000f4240" },
  { value: 1000000000000, hex: "1b000000e8d4a51000" },
  { value: { bytes: "" }, hex: "40" },
  { value: { bytes: "01020304" }, hex: "4401020304" },
  { value: "", hex: "60" },
  { value: "a", hex: "6161" },
  { value: "IETF", hex: "6449455446" },
  { value: '"\\', hex: "62225c" },
  { value: "ü", hex: "62c3bc" },
  { value: "水", hex: "63e6b0b4" },
  { value: "𐅑", hex: "64f0908591" },
  { value: [], hex: "80" },
  { value: [1, 2, 3], hex: "83010203" },
  { value: [1, [2, 3], [4, 5]], hex: "8301820203820405" },
  {
    value: Array.from({ length: 25 }, (_, i) => i + 1),
    hex: "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
  },
  { value: { map: [] }, hex: "a0" },
  {
    value: {
      map: [
        [1, 2],
        [3, 4],
      ],
    },
    hex: "a201020304",
  },
]

const values: readonly CborValue[] = [
  255,
  256,
  65_535,
  65_536,
  4_294_967_295,
  4_294_967_296,
  Number.MAX_SAFE_INTEGER,
  "河北张北",
  new Uint8Array(24).fill(7),
  new Map<number, CborValue>([
    [0, 1],
    [1, "白菜"],
    [24, new Uint8Array(0)],
    [256, [new Map<number, CborValue>([[0, [0, ""]]])]],
  ]),
]

const refused = [
  { hex: "", error: "cbor/truncated", why: "nothing" },
  { hex: "0000", error: "cbor/trailing-bytes", why: "a byte after the item" },
  { hex: "1800", error: "cbor/not-canonical", why: "0 in two bytes" },
  { hex: "1817", error: "cbor/not-canonical", why: "23 in two bytes" },
  { hex: "1900ff", error: "cbor/not-canonical", why: "255 in three bytes" },
  { hex: "1a0000ffff", error: "cbor/not-canonical", why: "65,535 in five bytes" },
  { hex: "1b00000000ffffffff", error: "cbor/not-canonical", why: "2^32 − 1 in nine bytes" },
  { hex: "5800", error: "cbor/not-canonical", why: "a length in two bytes" },
  { hex: "1b0020000000000000", error: "cbor/unsupported", why: "2^53" },
  { hex: "1bffffffffffffffff", error: "cbor/unsupported", why: "2^64 − 1" },
  { hex: "20", error: "cbor/unsupported", why: "−1" },
  { hex: "c000", error: "cbor/unsupported", why: "a tag" },
  { hex: "f4", error: "cbor/unsupported", why: "false" },
  { hex: "f6", error: "cbor/unsupported", why: "null" },
  { hex: "f93c00", error: "cbor/unsupported", why: "a half-precision float" },
  { hex: "fb3ff0000000000000", error: "cbor/unsupported", why: "a double-precision float" },
  { hex: "1c", error: "cbor/unsupported", why: "reserved additional information" },
  { hex: "5f4100ff", error: "cbor/unsupported", why: "bytes of indefinite length" },
  { hex: "9f00ff", error: "cbor/unsupported", why: "an array of indefinite length" },
  { hex: "a201020102", error: "cbor/not-canonical", why: "a key twice" },
  { hex: "a203040102", error: "cbor/not-canonical", why: "keys that descend" },
  { hex: "a1616101", error: "cbor/unsupported", why: "a text key" },
  { hex: "a12001", error: "cbor/unsupported", why: "a negative key" },
  { hex: "4201", error: "cbor/truncated", why: "bytes cut" },
  { hex: "820001".slice(0, 4), error: "cbor/truncated", why: "an array cut" },
  { hex: "a101", error: "cbor/truncated", why: "a key without a value" },
  { hex: "9bffffffffffffffff", error: "cbor/unsupported", why: "an array longer than any input" },
  { hex: "9a7fffffff", error: "cbor/truncated", why: "an array longer than its input" },
  { hex: "61ff", error: "cbor/not-utf8", why: "0xff" },
  { hex: "62c080", error: "cbor/not-utf8", why: "an overlong form" },
  { hex: "63eda080", error: "cbor/not-utf8", why: "a surrogate" },
  { hex: "64f4908080", error: "cbor/not-utf8", why: "beyond U+10FFFF" },
  { hex: "61e6", error: "cbor/not-utf8", why: "a cut sequence" },
  { hex: "81818181818181818100".slice(0, 18), error: "cbor/too-deep", why: "nine levels" },
] as const

writeVectorsOnce("cbor", {
  source: "appendixA: RFC 8949 appendix A; encoded and refused: scripts/vectors/cbor.ts",
  appendixA,
  encoded: values.map((value) => ({ value: toJson(value), hex: toHex(encodeCbor(value)) })),
  refused,
})
