import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { holdsLease, type Lease, releaseLease, takeLease, underLease } from "@suyuan/api/leases"
import { until } from "../support/broker"
import { type TestGateway, testGateway } from "../support/context"

setDefaultTimeout(60_000)

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway?.close())

const take = (name: string, holder: string) => takeLease(gateway.ctx, name, holder, 60)
const holds = (lease: Lease | undefined) =>
  lease !== undefined && gateway.ctx.db.transaction((tx) => holdsLease(tx, lease))
const runOut = (name: string) =>
  gateway.ctx.sql`UPDATE leases SET until = now() - interval '1 second' WHERE name = ${name}`

test("a duty has one holder, who may renew it under the same fence", async () => {
  const first = await take("duty", "one")
  expect(first).toEqual({ name: "duty", holder: "one", fence: 1 })
  expect(await take("duty", "two")).toBeUndefined()
  expect(await take("duty", "one")).toEqual(first)
  expect(await holds(first)).toBe(true)
})

test("who was silent too long finds the fence risen, and may write no more", async () => {
  const slow = await take("sealing", "slow")
  await runOut("sealing")
  expect(await holds(slow)).toBe(true) // nobody else has it yet
  const next = await take("sealing", "next")
  expect(next?.fence).toBe((slow?.fence ?? 0) + 1)
  expect([await holds(slow), await holds(next)]).toEqual([false, true])
  expect(await take("sealing", "slow")).toBeUndefined()
})

test("a duty that comes back to its first holder is another one than before", async () => {
  const before = await take("back", "one")
  await runOut("back")
  await take("back", "two")
  await runOut("back")
  const after = await take("back", "one")
  expect(after?.fence).toBe(3)
  expect([await holds(before), await holds(after)]).toEqual([false, true])
})

test("of many who ask at once, one gets it", async () => {
  const asked = await Promise.all(Array.from({ length: 8 }, (_, index) => take("race", `gateway ${index}`)))
  expect(asked.filter((lease) => lease !== undefined)).toHaveLength(1)
})

test("given back, it is free at once; what was lost cannot be given back", async () => {
  const lease = await take("short", "one")
  if (!lease) throw new Error("not given")
  await releaseLease(gateway.ctx, lease)
  const next = await take("short", "two")
  expect(next?.fence).toBe(2)
  await releaseLease(gateway.ctx, lease)
  expect(await take("short", "three")).toBeUndefined()
})

test("nobody takes a duty while its holder's transaction relies on it", async () => {
  const lease = await take("locked", "one")
  if (!lease) throw new Error("not given")
  await runOut("locked")
  let taken = false
  await gateway.ctx.db.transaction(async (tx) => {
    expect(await holdsLease(tx, lease)).toBe(true)
    void take("locked", "two").then((got) => {
      taken = got !== undefined
    })
    // As long as the row is held, the other's statement waits in the database.
    await gateway.ctx.sql`SELECT count(*) FROM leases`
    expect(taken).toBe(false)
  })
  await until(() => taken, "the other has it")
})

test("a duty is renewed as long as its work goes on, and free at once after it", async () => {
  const endOf = async () => {
    const [row] = await gateway.ctx.sql`SELECT until::text AS until FROM leases WHERE name = 'long work'`
    return String(row?.until)
  }
  const done = await underLease(gateway.ctx, "long work", "one", 1, async (isHeld) => {
    const first = await endOf()
    await until(async () => (await endOf()) > first, "it was renewed")
    expect(await take("long work", "two")).toBeUndefined()
    return isHeld()
  })
  expect(done).toBe(true)
  expect((await take("long work", "two"))?.fence).toBe(2)
})

test("whoever lost a duty in the midst of its work hears so", async () => {
  await underLease(gateway.ctx, "lost work", "one", 1, async (isHeld) => {
    await gateway.ctx.sql`UPDATE leases SET holder = 'two', fence = fence + 1, until = now() + interval '1 minute'
      WHERE name = 'lost work'`
    await until(() => !isHeld(), "it is told")
  })
  expect(await take("lost work", "one")).toBeUndefined()
  expect((await take("lost work", "two"))?.fence).toBe(2)
})

test("work that fails gives its duty back", async () => {
  const failing = underLease(gateway.ctx, "failing work", "one", 60, async () => {
    throw new Error("no disk")
  })
  await expect(failing).rejects.toThrow("no disk")
  expect((await take("failing work", "two"))?.fence).toBe(2)
})
