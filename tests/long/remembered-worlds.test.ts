// Many more worlds than a run of all tests has the time for.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { compareReadHistories } from "../api/trace/compare-read-histories"
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

test("and so in worlds of six weeks, whose piles are never counted, or now and then", async () => {
  for (const { counting, seeds } of [
    { counting: 0, seeds: [101, 102, 103, 104] },
    { counting: 0.6, seeds: [105, 106, 107, 108] },
  ]) {
    const { resumed, compared } = await compareRemembered(gateway, seeds, { span: 42 * 24, counting })
    expect(resumed).toBeGreaterThan(100)
    expect(compared).toBeGreaterThan(250)
  }
})

test("ranges, stock and contents of summed histories are those of every single event, in a hundred worlds", async () => {
  const own = await testGateway()
  await compareReadHistories(own, 100).finally(own.close)
})
