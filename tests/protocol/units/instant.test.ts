import { describe, expect, test } from "bun:test"
import { EPOCH_2024_MS, msToSeconds2024, seconds2024ToMs, utcDayOf } from "@suyuan/protocol/units/instant"

describe("instants", () => {
  test("count seconds from 2024-01-01T00:00:00Z, rounded down", () => {
    expect(EPOCH_2024_MS).toBe(Date.UTC(2024, 0, 1))
    expect(msToSeconds2024(EPOCH_2024_MS + 1999)).toBe(1)
    expect(seconds2024ToMs(1)).toBe(EPOCH_2024_MS + 1000)
    expect(new Date(seconds2024ToMs(0xffff_ffff)).getUTCFullYear()).toBe(2160)
  })

  test("refuse what four bytes cannot say", () => {
    for (const ms of [EPOCH_2024_MS - 1, seconds2024ToMs(0xffff_ffff) + 1000, Number.NaN]) {
      expect(() => msToSeconds2024(ms)).toThrow(RangeError)
    }
  })

  test("fall on UTC days since 1970", () => {
    expect(utcDayOf(0)).toBe(0)
    expect(utcDayOf(86_399_999)).toBe(0)
    expect(utcDayOf(Date.UTC(2025, 11, 8, 23, 59))).toBe(20_430)
  })
})
