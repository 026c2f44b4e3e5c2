import { describe, expect, test } from "bun:test"
import { encodeCbor } from "@suyuan/protocol/codec/cbor"
import {
  bytes,
  bytesOrNone,
  choice,
  converted,
  decodeShape,
  encodeShape,
  field,
  list,
  map,
  optionalField,
  row,
  type Shape,
  text,
  uint,
} from "@suyuan/protocol/codec/shape"
import fc from "fast-check"

const crate = map({
  version: field(0, uint(1, 1)),
  name: field(1, text(8, 1)),
  lot: field(2, bytesOrNone(2)),
  kind: field(3, choice({ leaf: 0, root: 1 })),
  lines: field(4, list(row({ grams: uint(0xffff), mark: bytes(1, 3) }), 3, 1)),
  note: optionalField(9, text(4)),
})

const written = {
  version: 1,
  name: "白菜",
  lot: undefined,
  kind: "root",
  lines: [{ grams: 500, mark: Uint8Array.of(7) }],
} as const

describe("a shape", () => {
  test("reads back what it wrote", () => {
    const crates = fc.record(
      {
        version: fc.constant(1),
        name: fc.string({ unit: fc.constantFrom("菜", "a", "🥬"), minLength: 1, maxLength: 8 }),
        lot: fc.option(fc.uint8Array({ minLength: 2, maxLength: 2 }), { nil: undefined }),
        kind: fc.constantFrom("leaf" as const, "root" as const),
        lines: fc.array(fc.record({ grams: fc.nat(0xffff), mark: fc.uint8Array({ minLength: 1, maxLength: 3 }) }), {
          minLength: 1,
          maxLength: 3,
        }),
        note: fc.constantFrom("", "ok"),
      },
      { requiredKeys: ["version", "name", "lot", "kind", "lines"] },
    )
    fc.assert(
      fc.property(crates, (value) => {
        expect(decodeShape(crate, encodeShape(crate, value))).toEqual({ ok: true, value })
      }),
      { numRuns: 300 },
    )
  })

  test("leaves an absent optional field out of the bytes", () => {
    expect(encodeShape(crate, written)).toEqual(encodeShape(crate, { ...written, note: undefined }))
    expect(encodeShape(crate, { ...written, note: "" })).not.toEqual(encodeShape(crate, written))
  })

  const lines = [[500, Uint8Array.of(7)]]
  const good: [number, unknown][] = [
    [0, 1],
    [1, "a"],
    [2, new Uint8Array(0)],
    [3, 0],
    [4, lines],
  ]
  const replaced = (key: number, value: unknown): Map<number, unknown> => new Map([...good, [key, value]])

  const refused: readonly [string, Map<number, unknown> | unknown][] = [
    ["no map", [1]],
    ["a missing field", new Map(good.slice(0, 4))],
    ["an unknown field", replaced(8, 0)],
    ["a number out of range", replaced(0, 2)],
    ["text that is too long", replaced(1, "123456789")],
    ["text that is too short", replaced(1, "")],
    ["text instead of bytes", replaced(2, "")],
    ["bytes of another length", replaced(2, Uint8Array.of(1))],
    ["an unknown choice", replaced(3, 2)],
    ["an empty list", replaced(4, [])],
    ["a list that is too long", replaced(4, [lines[0], lines[0], lines[0], lines[0]])],
    ["a row with a field more", replaced(4, [[500, Uint8Array.of(7), 0]])],
    ["a row with a field of another kind", replaced(4, [["500", Uint8Array.of(7)]])],
  ]
  for (const [what, value] of refused) {
    test(`refuses ${what}`, () => {
      expect(decodeShape(crate, encodeCbor(value as never))).toEqual({ ok: false, error: "cbor/wrong-shape" })
    })
  }

  test("passes on why bytes are no CBOR", () => {
    expect(decodeShape(crate, Uint8Array.of(0xff))).toEqual({ ok: false, error: "cbor/unsupported" })
  })

  test("throws at its writer for a value outside, naming the field", () => {
    const bad: readonly [Partial<Record<keyof typeof written, unknown>>, RegExp][] = [
      [{ version: 2 }, /version: expected an integer from 1 to 1/],
      [{ name: "\ud800" }, /name: expected text/],
      [{ kind: "toString" }, /kind: expected one of leaf, root/],
      [{ lines: [] }, /lines: expected 1 to 3 items/],
      [{ lines: [{ grams: -1, mark: Uint8Array.of(1) }] }, /lines: grams: /],
    ]
    for (const [change, message] of bad) {
      expect(() => encodeShape(crate, { ...written, ...change } as never)).toThrow(message)
    }
  })

  test("converts both ways", () => {
    const kilograms: Shape<number> = converted(
      uint(),
      (grams) => grams / 1000,
      (value) => value * 1000,
    )
    expect(decodeShape(kilograms, encodeShape(kilograms, 2))).toEqual({ ok: true, value: 2 })
    expect(kilograms.write(2)).toBe(2000)
  })
})
