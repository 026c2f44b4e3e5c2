import { afterEach, beforeEach, expect, jest, test } from "bun:test"
import { watchStart } from "@suyuan/api/watch-start"

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

test("a start that takes long says what it waits for, until it is up", () => {
  const said: unknown[] = []
  const start = watchStart({ warn: (about: unknown) => said.push(about) }, 1000)
  start.waitsFor("the broker")
  jest.advanceTimersByTime(1500)
  expect(said).toMatchObject([{ waitsFor: "the broker" }])
  start.isUp()
  jest.advanceTimersByTime(5000)
  expect(said).toHaveLength(1)
})
