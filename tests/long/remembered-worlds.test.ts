// Many more worlds than a run of all tests has the time for.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { compareRemembered } from "../api/trace/compare-remembered"
import { type TestGateway, testGateway } from "../support/context"

setDefaultTimeout(1_200_000)

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway?.close())

test("what is remembered of piles is what every single event says, in a hundred worlds", async () => {
  const seeds = Array.from({ length: 100 }, (_, index) => index + 1)
  expect((await compareRemembered(gateway, seeds)).guessed).toBeGreaterThan(500)
})
