import { expect, test } from "bun:test"
import { dropRepeats, firstOnly } from "../../../terminal-kiosk/screens/session/drop-repeats"

test("a tap on what is under way is dropped; afterwards it may be asked again, also after a failure", async () => {
  const once = dropRepeats()
  const { promise, resolve } = Promise.withResolvers<string>()
  let runs = 0
  const work = () => {
    runs += 1
    return promise
  }
  const first = once(work)
  expect(await once(work)).toBeUndefined()
  resolve("done")
  expect(await first).toBe("done")
  await expect(once(() => Promise.reject(new Error("no room")))).rejects.toThrow("no room")
  expect(await once(work)).toBe("done")
  expect(runs).toBe(2)
})

test("what happens once in a page's life happens once, however often it is asked for", async () => {
  let runs = 0
  const open = firstOnly(async () => {
    runs += 1
    return runs
  })
  expect(await Promise.all([open(), open()])).toEqual([1, 1])
  expect(await open()).toBe(1)
})
