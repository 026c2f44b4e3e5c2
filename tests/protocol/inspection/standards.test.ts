import { describe, expect, test } from "bun:test"
import { concludeRapidTest, RAPID_TEST_STANDARDS, rapidTestStandard } from "@suyuan/protocol/inspection/standards"

describe("standards of rapid tests", () => {
  test("[CV-1] have their own limits: half the enzyme's work by GB/T, seven tenths by NY/T", () => {
    expect(RAPID_TEST_STANDARDS.map(({ name, limitPermille }) => [name, limitPermille])).toEqual([
      ["GB/T 5009.199-2003", 500],
      ["NY/T 448-2001", 700],
    ])
  })

  test("[CV-1] are found with or without their year, however they are spaced", () => {
    for (const name of ["GB/T 5009.199-2003", "gb/t5009.199", "GB／T 5009.199—2003", " GB/T 5009.199 "]) {
      expect(rapidTestStandard(name)?.limitPermille).toBe(500)
    }
    for (const name of ["GB/T 5009.199-2099", "GB/T 5009", "GB 5009.199", "NY/T 4480", ""]) {
      expect(rapidTestStandard(name)).toBeUndefined()
    }
  })

  test("[CV-1] at the limit a sample has not passed", () => {
    expect(concludeRapidTest(499, 500)).toBe("passed")
    expect(concludeRapidTest(500, 500)).toBe("failed")
    expect(concludeRapidTest(0, 700)).toBe("passed")
  })
})
