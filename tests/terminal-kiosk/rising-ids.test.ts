import { expect, test } from "bun:test"
import { parseUuid } from "@suyuan/protocol/terminal/identifiers"
import { systemRandom } from "@suyuan/terminal-kiosk/clock"
import { risingIds } from "@suyuan/terminal-kiosk/rising-ids"
import { stallClock } from "./headless-terminal"

test("ids are UUIDs of version 7 that rise, within one millisecond and when the clock is set back", () => {
  const clock = stallClock()
  const newId = risingIds(clock, systemRandom)
  const ids = [newId(), newId()]
  clock.advance(-60_000)
  ids.push(...Array.from({ length: 5000 }, newId))
  clock.advance(120_000)
  ids.push(newId())
  expect(ids).toEqual([...ids].sort())
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids) {
    expect(parseUuid(id).ok).toBe(true)
    expect(id).toMatch(/^.{14}7.{4}[89ab]/)
  }
  expect(Number.parseInt((ids.at(-1) ?? "").replaceAll("-", "").slice(0, 12), 16)).toBe(clock.nowMs())
})
