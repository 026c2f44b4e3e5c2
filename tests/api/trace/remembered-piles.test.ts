// What is remembered of a pile, or of what it bought, must be what its whole history says: after every event, in
// whatever order events come. In a few worlds; many more are in tests/long/.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { boughtOrigins, pileDays } from "@suyuan/drizzle/schema/trace"
import { type TestGateway, testGateway } from "../../support/context"
import { compareRemembered } from "./compare-remembered"

setDefaultTimeout(120_000)

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway?.close())

test("what is remembered of piles is what every single event says", async () => {
  const { resumed, compared, narrowed, guessed, taught } = await compareRemembered(gateway, [2, 3, 4])
  expect(resumed).toBeGreaterThan(100)
  expect(compared).toBeGreaterThan(200)
  expect(narrowed).toBeGreaterThan(10)
  expect(guessed).toBeGreaterThan(40)
  expect(taught).toBeGreaterThan(0)
  expect(await gateway.ctx.db.$count(pileDays)).toBeGreaterThan(8)
  expect(await gateway.ctx.db.$count(boughtOrigins)).toBeGreaterThan(8)
})

test("and so in worlds of six weeks, whose piles are never counted, or now and then", async () => {
  for (const { counting, seeds } of [
    { counting: 0, seeds: [101] },
    { counting: 0.6, seeds: [105] },
  ]) {
    const { resumed, compared } = await compareRemembered(gateway, seeds, { span: 42 * 24, counting })
    expect(resumed).toBeGreaterThan(20)
    expect(compared).toBeGreaterThan(50)
  }
})
