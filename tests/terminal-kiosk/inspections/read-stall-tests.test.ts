import { expect, test } from "bun:test"
import type { Transport } from "@suyuan/client/transport"
import { readStallTests, testOfToday } from "@suyuan/terminal-kiosk/inspections/read-stall-tests"
import { openStall } from "../headless-terminal"

const id = (last: number) => `0199d3a0-7c1e-7000-8000-00000000001${last}`

const answering =
  (body: string, status = 200): Transport =>
  async () => ({ status, headers: {}, body })

test("today's tests of the same goods count, the first of them; yesterday's and another lot's do not", async () => {
  const { terminal, clock } = await openStall()
  const at = (ms: number) => new Date(ms).toISOString()
  const nowMs = clock.nowMs()
  const tests = [
    { id: id(1), commodity: 1036, testedAt: at(nowMs), conclusion: "failed" },
    { id: id(2), commodity: 1036, testedAt: at(nowMs + 1), conclusion: "passed" },
    { id: id(3), commodity: 1058, testedAt: at(nowMs - 20 * 3_600_000), conclusion: "passed" },
    {
      id: id(4),
      commodity: 1210,
      lotId: "0199d3a0-7c1e-7000-8000-00000000000d",
      testedAt: at(nowMs),
      conclusion: "passed",
    },
  ]
  const row = await readStallTests(terminal, answering(JSON.stringify({ tests })))
  expect(testOfToday(row, { commodity: 1036 }, terminal)).toMatchObject({ conclusion: "failed" })
  expect(testOfToday(row, { commodity: 1058 }, terminal)).toBeUndefined()
  expect(testOfToday(row, { commodity: 1210 }, terminal)).toBeUndefined()
  expect(testOfToday(row, { commodity: 1210, lot: "0199d3a0-7c1e-7000-8000-00000000000d" }, terminal)).toBeDefined()
  expect(await terminal.store.get("stallTests", "the")).toEqual(row!)
})

test("what is not of the gateway's form changes nothing", async () => {
  const { terminal } = await openStall()
  for (const transport of [answering("{"), answering('{"tests":[{}]}'), answering("{}", 500)]) {
    expect(await readStallTests(terminal, transport)).toBeUndefined()
  }
  expect(await terminal.store.get("stallTests", "the")).toBeUndefined()
})
