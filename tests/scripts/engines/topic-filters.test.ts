import { describe, expect, test } from "bun:test"
import { isCovered, isFilter } from "../../../scripts/engines/topic-filters"

describe("isCovered: MQTT 3.1.1 §4.7", () => {
  test.each([
    ["t/1/0100000001/up/record", "t/1/0100000001/up/record"],
    ["t/1/0100000001/up/record", "t/1/0100000001/up/+"],
    ["t/1/0100000001/up/record", "t/1/+/up/+"],
    ["t/1/0100000001/up/record", "t/#"],
    ["t", "t/#"],
    ["t/#", "t/#"],
    ["t/3/+/up/+", "t/#"],
    ["t/+/x", "t/+/x"],
    ["a/b", "#"],
    ["$SYS/x", "$SYS/#"],
  ])("%s lies within %s", (requested, allowed) => {
    expect(isCovered(requested, allowed)).toBe(true)
  })

  test.each([
    ["t/1/0100000002/up/record", "t/1/0100000001/up/+"],
    ["t/1/0100000001/down/ack", "t/1/0100000001/up/+"],
    ["t/1/0100000001/up/record/more", "t/1/0100000001/up/+"],
    ["t/1/0100000001/up", "t/1/0100000001/up/+"],
    ["t/#", "t/+"],
    ["t/#", "t/1/+"],
    ["t/+/up", "t/1/up"],
    ["#", "t/#"],
    ["+", "t"],
    ["$SYS/x", "#"],
    ["$SYS/x", "+/x"],
  ])("%s does not lie within %s", (requested, allowed) => {
    expect(isCovered(requested, allowed)).toBe(false)
  })
})

test("isFilter refuses wildcards that do not stand alone, and # that is not last", () => {
  expect(["a", "a/+/b", "#", "a/#", "+"].every(isFilter)).toBe(true)
  expect(["", "a+", "a/b#", "a/#/b", "##", "a\0b", "a/".repeat(16)].some(isFilter)).toBe(false)
})
