import { expect, test } from "bun:test"
import { slotsOf } from "@suyuan/terminal-kiosk/stock/write-snapshot"
import { THE_ONE } from "@suyuan/terminal-kiosk/store/rows"
import { changeTile, isPieceUnweighed, listTiles, putOnSale, swapTiles } from "@suyuan/terminal-kiosk/tiles/put-on-sale"
import { openStall, queuedKinds, type Stall } from "../headless-terminal"

const cabbage = {
  ...{ commodity: 1036, unitPriceFen: 360, declaredOrigin: "河北张北" },
}
const slotsNow = async ({ store }: Stall) => {
  const row = await store.get("snapshots", THE_ONE)
  return row === undefined ? [] : slotsOf(row).map(({ slot, commodity, pile }) => [slot, commodity, pile])
}

test("[UP-8] goods that go on sale are signed as a slot, and come off again", async () => {
  const stall = await openStall()
  await putOnSale(stall.terminal, cabbage)
  await putOnSale(stall.terminal, { ...cabbage, commodity: 1058 })
  expect(await slotsNow(stall)).toEqual([
    [1, 1036, "merged"],
    [2, 1058, "merged"],
  ])
  await changeTile(stall.terminal, 1, { isOnSale: false })
  expect(await slotsNow(stall)).toEqual([[2, 1058, "merged"]])
  expect(await queuedKinds(stall.store)).toEqual(["snapshot", "snapshot", "snapshot"])
})

test("a slot means the same goods for ever, also when they are sold out", async () => {
  const stall = await openStall()
  await putOnSale(stall.terminal, cabbage)
  await changeTile(stall.terminal, 1, { isOnSale: false })
  const next = await putOnSale(stall.terminal, { ...cabbage, commodity: 1058 })
  expect(next).toMatchObject({ ok: true, value: { slot: 2 } })
})

test("goods that were sold out get their tile back: place, slot and price, and the new goods' own origin and lot", async () => {
  const stall = await openStall()
  const lot = "0199d3a0-7c1e-7000-8000-000000000009"
  await putOnSale(stall.terminal, { ...cabbage, lot })
  await putOnSale(stall.terminal, { ...cabbage, commodity: 1058 })
  await changeTile(stall.terminal, 1, { isOnSale: false })
  const again = { commodity: 1036, unitPriceFen: 0, declaredOrigin: "山东寿光" }
  expect(await putOnSale(stall.terminal, again)).toMatchObject({ ok: true, value: { slot: 1, unitPriceFen: 360 } })
  expect((await listTiles(stall.terminal)).map(({ slot, declaredOrigin }) => [slot, declaredOrigin])).toEqual([
    [1, "山东寿光"],
    [2, "河北张北"],
  ])
  expect(await slotsNow(stall)).toEqual([
    [1, 1036, "merged"],
    [2, 1058, "merged"],
  ])
  await changeTile(stall.terminal, 1, { isOnSale: false })
  expect(await putOnSale(stall.terminal, { ...again, unitPriceFen: 420 })).toMatchObject({
    value: { slot: 1, unitPriceFen: 420 },
  })
})

test("goods by the piece are booked in as such again; by weight beside them they have a tile of their own", async () => {
  const stall = await openStall()
  const sold = { unit: "piece" as const, packLowGrams: 3000, packHighGrams: 8000 }
  await putOnSale(stall.terminal, { ...cabbage, sold })
  await changeTile(stall.terminal, 1, { isOnSale: false })
  const again = { ...cabbage, unitPriceFen: 0 }
  expect(await putOnSale(stall.terminal, again)).toMatchObject({ value: { slot: 1, ...sold, unitPriceFen: 360 } })
  await changeTile(stall.terminal, 1, { isOnSale: false })
  const byWeight = { unit: "weight" as const, packLowGrams: 0, packHighGrams: 0 }
  expect(await putOnSale(stall.terminal, { ...again, sold: byWeight })).toMatchObject({
    value: { slot: 2, ...byWeight },
  })
})

test("another price is no other snapshot, and a chosen lot stays until a person chooses another", async () => {
  const stall = await openStall()
  const lot = "0199d3a0-7c1e-7000-8000-000000000009"
  await putOnSale(stall.terminal, { ...cabbage, lot })
  await changeTile(stall.terminal, 1, { unitPriceFen: 400 })
  expect(await queuedKinds(stall.store)).toEqual(["snapshot"])
  expect(await listTiles(stall.terminal)).toMatchObject([{ lot, unitPriceFen: 400 }])
  expect(await slotsNow(stall)).toEqual([[1, 1036, "kept-apart"]])
})

test("two goods change places, and nothing is signed for it", async () => {
  const stall = await openStall()
  const { terminal } = stall
  for (const commodity of [1036, 1058, 1210]) await putOnSale(terminal, { ...cabbage, commodity })
  await changeTile(terminal, 2, { isOnSale: false })
  const queued = await queuedKinds(stall.store)
  await swapTiles(terminal, 3, 1)
  expect((await listTiles(terminal)).map(({ slot }) => slot)).toEqual([3, 2, 1])
  expect(await swapTiles(terminal, 3, 7)).toEqual({ ok: false, error: "tiles/unknown" })
  expect(await queuedKinds(stall.store)).toEqual(queued)
})

test("goods that are not there are not changed", async () => {
  const { terminal } = await openStall()
  expect(await changeTile(terminal, 7, { unitPriceFen: 1 })).toEqual({ ok: false, error: "tiles/unknown" })
})

test("two goods that go on sale at once get a slot each", async () => {
  const stall = await openStall()
  await Promise.all([putOnSale(stall.terminal, cabbage), putOnSale(stall.terminal, { ...cabbage, commodity: 1058 })])
  expect((await listTiles(stall.terminal)).map(({ slot, commodity }) => [slot, commodity])).toEqual([
    [1, 1036],
    [2, 1058],
  ])
})

test("a tile and its signed slot are on the disk together or not at all", async () => {
  const { terminal, store } = await openStall()
  const commits = store.commits
  await putOnSale(terminal, cabbage)
  expect(store.commits).toBe(commits + 1)
  await changeTile(terminal, 1, { declaredOrigin: "山东寿光" })
  expect(store.commits).toBe(commits + 2)
})

test("[UP-9] pieces that an earlier version put on sale from 1 g to 1 kg are asked for once, and signed anew", async () => {
  const stall = await openStall()
  const asked = async () => (await listTiles(stall.terminal)).filter(isPieceUnweighed).map(({ slot }) => slot)
  const sold = { unit: "piece" as const, packLowGrams: 1, packHighGrams: 1000 }
  const piece = { ...cabbage, sold }
  await putOnSale(stall.terminal, piece)
  await putOnSale(stall.terminal, { ...piece, sold: { ...sold, packHighGrams: 100_000 } })
  await putOnSale(stall.terminal, cabbage)
  expect(await asked()).toEqual([1])
  await changeTile(stall.terminal, 1, { packLowGrams: 3000, packHighGrams: 8000 })
  expect(await asked()).toEqual([])
  const row = await stall.store.get("snapshots", THE_ONE)
  expect(slotsOf(row!)[0]).toMatchObject({ slot: 1, packLowGrams: 3000, packHighGrams: 8000 })
})
