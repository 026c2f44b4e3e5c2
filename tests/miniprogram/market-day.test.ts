import { expect, test } from "bun:test"
import { localDay } from "@suyuan/api/day"
import { businessDayOf } from "@suyuan/api/trace/business-day"
import { businessDay, marketDay, marketMoment } from "@suyuan/miniprogram/market-day"

test("a day is the site's own, as the gateway's calendar counts it", () => {
  for (const zone of [
    "Asia/Shanghai",
    "Asia/Urumqi",
    "Asia/Kathmandu",
    "Pacific/Auckland",
    "America/Los_Angeles",
    "UTC",
  ]) {
    for (const hour of [0, 5, 9, 15, 16, 17, 18, 21, 23]) {
      const at = new Date(Date.UTC(2026, 2, 29, hour, 30))
      expect([zone, hour, marketDay(at.toISOString(), zone)]).toEqual([zone, hour, localDay(at, zone)])
      expect(marketDay(at.getTime(), zone)).toBe(localDay(at, zone))
    }
  }
})

test("a share's day stays what it is, west of Greenwich too", () => {
  expect(marketDay("2026-12-08", "America/Los_Angeles")).toBe("2026-12-08")
})

test("without a zone, or with one that the phone does not know, it is China's; what is no instant is no day", () => {
  expect(marketDay("2026-12-07T16:30:00.000Z")).toBe("2026-12-08")
  expect(marketDay("2026-12-07T16:30:00.000Z", "Mars/Olympus")).toBe("2026-12-08")
  expect(marketDay("soon")).toBe("")
})

test("a moment is day and time on the site's own clock; a share's day has no time", () => {
  expect(marketMoment("2026-12-07T22:40:00.000Z")).toBe("2026-12-08 06:40")
  expect(marketMoment("2026-12-07T22:40:00.000Z", "Asia/Urumqi")).toBe("2026-12-08 04:40")
  expect(marketMoment("2026-12-07T16:05:00.000Z", "Nowhere/None")).toBe("2026-12-08 00:05")
  expect(marketMoment("2026-12-08")).toBe("2026-12-08")
  expect(marketMoment("none")).toBe("")
})

test("a business day is the one that the gateway's books have, from noon to noon at a wholesale market", () => {
  for (const dayStartsAtMinutes of [0, 90, 720]) {
    for (const zone of ["Asia/Shanghai", "America/Los_Angeles"]) {
      for (let hour = 0; hour < 24; hour += 1) {
        const at = new Date(Date.UTC(2026, 11, 7, hour, 15))
        const day = businessDay(at.getTime(), zone, dayStartsAtMinutes)
        expect([zone, hour, day]).toEqual([zone, hour, businessDayOf({ zone, dayStartsAtMinutes }, at)])
      }
    }
  }
})
