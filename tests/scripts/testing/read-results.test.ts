import { expect, test } from "bun:test"
import {
  describeTimes,
  readBunSummary,
  readFileTimes,
  readMochaSummary,
  slowest,
} from "../../../scripts/testing/read-results"
import { isLong, stageOf } from "../../../scripts/testing/stages"

test("reads the summary of bun test", () => {
  expect(readBunSummary("(fail) x\n\n 137 pass\n 1 skip\n 2 fail\n 14 expect() calls\n", 1)).toEqual({
    passed: 137,
    failed: 2,
  })
})

test("counts a run that ended badly as failed, whatever it said", () => {
  expect(readBunSummary(" 3 pass\n 0 fail\n", 0)).toEqual({ passed: 3, failed: 0 })
  expect(readBunSummary(" 3 pass\n 0 fail\n", 1)).toEqual({ passed: 3, failed: 1 })
  expect(readBunSummary("", 134)).toEqual({ passed: 0, failed: 1 })
})

test("reads mocha's last run", () => {
  const twice =
    "  80 passing (4s)\n\n80 passing (80 mocha)\n …\n  86 passing (26s)\n  2 failing\n\n88 passing (88 mocha)\n"
  expect(readMochaSummary("  88 passing (26s)\n\n88 passing (88 mocha)\n", 0)).toEqual({ passed: 88, failed: 0 })
  expect(readMochaSummary("  86 passing (26s)\n  2 failing\n", 1)).toEqual({ passed: 86, failed: 2 })
  expect(readMochaSummary(twice, 0).passed).toBe(88)
  expect(readMochaSummary("solhint: one error", 1)).toEqual({ passed: 0, failed: 1 })
})

test("reads each file's seconds, those around its tests and its slowest test, and names the slowest", () => {
  const report = `<testsuites time="9">
  <testsuite name="tests/a.test.ts" file="tests/a.test.ts" tests="3" time="0.5" hostname="x">
    <testsuite name="inner" file="tests/a.test.ts" line="1" time="0.25">
      <testcase name="one &lt;1&gt;" classname="inner" time="0.25" file="tests/a.test.ts" line="2" assertions="0" />
    </testsuite>
    <testcase name="two" classname="" time="0.125" file="tests/a.test.ts" line="4" assertions="0" />
  </testsuite>
  <testsuite name="tests/b.test.ts" file="tests/b.test.ts" tests="1" time="2.25" hostname="x">
    <testcase name="three" classname="" time="2" file="tests/b.test.ts" line="1" assertions="0" />
  </testsuite>`
  const [first, second] = readFileTimes(report)
  expect(first).toEqual({
    ...{ file: "tests/a.test.ts", seconds: 0.5, aroundSeconds: 0.125 },
    slowestTest: { name: "one <1>", seconds: 0.25 },
  })
  expect(slowest(readFileTimes(report), 1)).toEqual([second!])
  expect(describeTimes(second!)).toBe("     2.3 s  tests/b.test.ts: around the tests 0.3 s, slowest 2.0 s (three)")
})

test("gives each file to the first stage that names its folder, and the rest to the last", () => {
  expect(stageOf("architecture/imports.test.ts")).toBe(0)
  expect(stageOf("protocol/units/money.test.ts")).toBe(0)
  expect(stageOf("protocol/ledger/proof.test.ts")).toBe(1)
  expect(stageOf("api/sales/open-sale.test.ts")).toBe(2)
  expect(stageOf("something-new/a.test.ts")).toBe(2)
  expect(isLong("long/soak.test.ts")).toBe(true)
})
