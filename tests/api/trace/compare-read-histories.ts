// Histories in which outflows that nobody asks about come summed up, beside every single event of random worlds.
import { expect } from "bun:test"
import { pileEventOf, readHistories } from "@suyuan/api/trace/read-histories"
import { clockErrorMs, resolve } from "@suyuan/api/trace/resolve"
import { pileEvents } from "@suyuan/drizzle/schema/trace"
import { outflowKey } from "@suyuan/protocol/trace/pile-event"
import { inArray } from "drizzle-orm"
import { Dice } from "../../protocol/trace/dice"
import type { TestGateway } from "../../support/context"
import { randomWorld } from "./random-world"

export async function readWhole({ ctx }: TestGateway, pileIds: readonly string[]) {
  const rows = await ctx.db
    .select()
    .from(pileEvents)
    .where(inArray(pileEvents.pileId, [...pileIds]))
  return pileIds.map((pileId) => {
    return { pileId, events: rows.filter((row) => row.pileId === pileId).map((row) => pileEventOf(row)) }
  })
}

/** Ranges of an asked outflow, stock and what is in a pile, in so many worlds. */
export async function compareReadHistories(gateway: TestGateway, worlds: number): Promise<void> {
  const nowMs = gateway.clock.nowMs()
  let shorter = 0
  for (let seed = 1; seed <= worlds; seed += 1) {
    const dice = new Dice(seed)
    const { rows, piles, stall } = randomWorld(dice, gateway.ctx.random.uuid, nowMs)
    await gateway.ctx.db.insert(pileEvents).values(rows).onConflictDoNothing()
    const whole = await readWhole(gateway, piles)
    const asked = dice.one(rows.filter((row) => row.pileId === stall && row.source === "outflow"))
    const key = outflowKey(asked)
    const options = { keep: (_: string, other: string) => other === key }
    const expected = resolve(whole, options)

    const until = new Date(asked.effectiveAt.getTime() + 2 * clockErrorMs)
    const sale = await readHistories(gateway.ctx.db, [{ pileId: stall, until, outflows: [key] }], nowMs)
    const found = resolve(sale.histories, options)?.piles.get(stall)?.outflows.get(key)
    expect({ seed, range: found?.sources, grams: found?.grams }).toEqual({
      ...{ seed, range: expected?.piles.get(stall)?.outflows.get(key)?.sources },
      grams: expected?.piles.get(stall)?.outflows.get(key)?.grams,
    })

    const now = await readHistories(gateway.ctx.db, [{ pileId: stall, until: new Date(nowMs) }], nowMs)
    const pile = resolve(now.histories, { keep: () => false })?.piles.get(stall)
    const { live, stockGrams, shortfallGrams } = expected?.piles.get(stall) ?? {}
    expect({ seed, ...pile }).toMatchObject({ seed, live, stockGrams, shortfallGrams })
    shorter += now.rows.length < rows.length ? 1 : 0
  }
  expect(shorter).toBe(worlds)
}
