import { expect, test } from "bun:test"
import { renewPurchases } from "@suyuan/miniprogram/renew-purchases"

const bought = (counter: number) => ({
  ...{ terminal: "0100000004", counter, isNew: false },
  settledAt: new Date(Date.UTC(2026, 2, 1) + counter * 60_000).toISOString(),
})
const counters = (purchases: readonly { counter: number }[]) => purchases.map(({ counter }) => counter)

test("what was bought meanwhile is on top, and earlier pages stay", () => {
  const known = [4, 3, 2, 1].map(bought)
  expect(counters(renewPurchases([bought(5), bought(4)], known, 2))).toEqual([5, 4, 3, 2, 1])
})

test("a purchase read again is as it is now, and listed once", () => {
  const again = { ...bought(2), isNew: true }
  expect(renewPurchases([again], [bought(2)], 1)).toEqual([again])
})

test("what is no longer this person's goes: a page that is not full is all there is", () => {
  expect(counters(renewPurchases([bought(1)], [bought(3), bought(1)], 2))).toEqual([1])
  expect(renewPurchases([], [bought(1)], 2)).toEqual([])
})
