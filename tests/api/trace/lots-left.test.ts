import { describe, expect, test } from "bun:test"
import { lotsLeft } from "@suyuan/api/trace/lots-left"
import { UNKNOWN_SOURCE } from "@suyuan/protocol/trace/pile-event"

const [fresh, over, atMs] = ["fresh", "over", 1000]
const expiresAtMs = new Map([
  [fresh, atMs + 1],
  [over, atMs],
])

/** A pile of `grams`, of which each source may be so many. */
function left(grams: number, highGrams: Readonly<Record<string, number>>): string[] {
  const sources = Object.entries(highGrams).map(([sourceId, high]) => ({ sourceId, lowGrams: 0, highGrams: high }))
  return lotsLeft({ grams, lowGrams: grams, sources }, atMs, expiresAtMs)
}

describe("[RG-23] lots of which some may be left in a pile", () => {
  test("one whose shelf life is over is, as long as the others cannot fill the book", () => {
    expect(left(500, { [fresh]: 499, [over]: 500 })).toEqual([fresh, over])
    expect(left(500, { [fresh]: 500, [over]: 500 })).toEqual([fresh])
  })

  test("goods that nobody declared fill it too, and so do lots that are never over", () => {
    expect(left(500, { [UNKNOWN_SOURCE]: 500, [over]: 500 })).toEqual([])
    expect(left(500, { salt: 500, [over]: 500 })).toEqual(["salt"])
  })

  test("another that is over does not: it may have gone first", () => {
    const both = new Map([...expiresAtMs, ["older", 1]])
    const sources = [over, "older"].map((sourceId) => ({ sourceId, lowGrams: 0, highGrams: 500 }))
    expect(lotsLeft({ grams: 500, lowGrams: 500, sources }, atMs, both)).toEqual([over, "older"])
  })

  test("what cannot be there is not", () => {
    expect(left(500, { [fresh]: 0, [over]: 500 })).toEqual([over])
  })
})
