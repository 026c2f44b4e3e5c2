import { expect, test } from "bun:test"
import {
  addLine,
  basketAmountFen,
  changeLine,
  emptyBasket,
  reduceTo,
  removeLine,
} from "@suyuan/terminal-kiosk/basket/basket"

const cabbage = { slot: 1, quantity: { unit: "gram", count: 1250 }, unitPriceFen: 333 } as const
const eggs = { slot: 2, quantity: { unit: "piece", count: 3 }, unitPriceFen: 120 } as const

test("adds up its lines, each rounded half up to the fen", () => {
  const one = addLine(emptyBasket("b"), cabbage)
  const two = one.ok ? addLine(one.value, eggs) : one
  expect(two.ok && basketAmountFen(two.value)).toBe(416 + 360)
})

test("asks for less when the seller rounds down, and says when that is beyond custom", () => {
  const full = addLine(emptyBasket("b"), eggs)
  if (!full.ok) throw new Error(full.error)
  const rounded = reduceTo(full.value, 350)
  expect(rounded.ok && [basketAmountFen(rounded.value.basket), rounded.value.reduction.overTolerance]).toEqual([
    350,
    false,
  ])
  const given = reduceTo(full.value, 100)
  expect(given.ok && given.value.reduction.overTolerance).toBe(true)
  expect(reduceTo(full.value, 361)).toEqual({ ok: false, error: "sale/amount-above-lines" })
  expect(reduceTo(full.value, 0)).toEqual({ ok: false, error: "sale/amount-below-one-fen" })
})

test("forgets a reduction when its lines change", () => {
  const full = addLine(emptyBasket("b"), eggs)
  const rounded = full.ok ? reduceTo(full.value, 350) : undefined
  const more = rounded?.ok ? addLine(rounded.value.basket, eggs) : undefined
  expect(more?.ok && basketAmountFen(more.value)).toBe(720)
  const changed = rounded?.ok ? changeLine(rounded.value.basket, 0, cabbage) : undefined
  expect(changed?.ok && basketAmountFen(changed.value)).toBe(416)
  const removed = rounded?.ok ? removeLine(rounded.value.basket, 0) : undefined
  expect(removed?.ok && removed.value.lines).toEqual([])
})

test("refuses what a pay code cannot carry", () => {
  const basket = emptyBasket("b")
  expect(addLine(basket, { ...cabbage, quantity: { unit: "gram", count: 0 } })).toMatchObject({
    error: "basket/quantity-out-of-range",
  })
  expect(addLine(basket, { ...cabbage, quantity: { unit: "gram", count: 2 ** 30 } })).toMatchObject({
    error: "basket/quantity-out-of-range",
  })
  expect(addLine(basket, { ...cabbage, unitPriceFen: 2 ** 24 })).toMatchObject({ error: "basket/price-out-of-range" })
  expect(changeLine(basket, 0, cabbage)).toMatchObject({ error: "basket/no-such-line" })
  const full = { id: "b", lines: Array.from({ length: 255 }, () => cabbage), askedFen: undefined }
  expect(addLine(full, cabbage)).toMatchObject({ error: "basket/full" })
})

test("[UP-20] a time of before stays with the goods of that sale, and not with an emptied basket", () => {
  const added = addLine({ ...emptyBasket("b"), soldAtSeconds: 5 }, cabbage)
  if (!added.ok) throw new Error(added.error)
  expect(added.value.soldAtSeconds).toBe(5)
  expect(removeLine(added.value, 0)).toEqual({ ok: true, value: emptyBasket("b") })
})
