// What every local store does. Run against the fake, the journal file, and IndexedDB once there is a browser.
import { expect, test } from "bun:test"
import { type Change, KeyTakenError, type LocalStore } from "@suyuan/terminal-kiosk/store/local-store"

const refused = (key: string, code: string): Change => ({
  table: "refused",
  change: "put",
  key,
  row: { kind: "sale", envelope: "00", queuedAtMs: 1, code, refusedAtMs: 2 },
})
const queued = (key: string): Change => ({
  table: "outbox",
  change: "insert",
  key,
  row: { kind: "sale", envelope: "a1", queuedAtMs: 1 },
})

export function localStoreContract(name: string, open: () => Promise<LocalStore>): void {
  test(`${name}: a row that was put is there, and another table's key of the same name is not`, async () => {
    const store = await open()
    await store.commit([refused("a", "one")])
    expect(await store.get("refused", "a")).toMatchObject({ code: "one" })
    expect(await store.get("outbox", "a")).toBeUndefined()
    await store.close()
  })

  test(`${name}: a later put overtakes, a delete takes away`, async () => {
    const store = await open()
    await store.commit([refused("a", "one"), refused("b", "two")])
    await store.commit([refused("a", "three"), { table: "refused", change: "delete", key: "b" }])
    expect((await store.list("refused")).map(([key, row]) => [key, row.code])).toEqual([["a", "three"]])
    await store.close()
  })

  test(`${name}: lists are in the order of keys, and pages follow each other`, async () => {
    const store = await open()
    for (const key of ["c", "a", "d", "b"]) await store.commit([queued(key)])
    expect((await store.list("outbox")).map(([key]) => key)).toEqual(["a", "b", "c", "d"])
    expect((await store.list("outbox", { after: "a", limit: 2 })).map(([key]) => key)).toEqual(["b", "c"])
    expect((await store.last("outbox"))?.[0]).toBe("d")
    expect([await store.count("outbox"), await store.count("refused")]).toEqual([4, 0])
    expect(await store.last("sales")).toBeUndefined()
    await store.close()
  })

  test(`${name}: an insert under a taken key refuses the whole commit`, async () => {
    const store = await open()
    await store.commit([queued("a")])
    await expect(store.commit([refused("x", "one"), queued("a")])).rejects.toBeInstanceOf(KeyTakenError)
    expect(await store.get("refused", "x")).toBeUndefined()
    await store.commit([{ table: "outbox", change: "delete", key: "a" }, queued("a")])
    expect(await store.list("outbox")).toHaveLength(1)
    await store.close()
  })

  test(`${name}: commits of one moment are each all or nothing, and the first insert wins`, async () => {
    const store = await open()
    const outcomes = await Promise.allSettled([
      store.commit([queued("a"), refused("1", "first")]),
      store.commit([queued("a"), refused("2", "second")]),
      store.commit([queued("b")]),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"])
    expect((await store.list("outbox")).map(([key]) => key)).toEqual(["a", "b"])
    expect((await store.list("refused")).map(([key]) => key)).toEqual(["1"])
    await store.close()
  })

  test(`${name}: what was read is not changed by a later commit`, async () => {
    const store = await open()
    await store.commit([refused("a", "one")])
    const before = await store.get("refused", "a")
    await store.commit([refused("a", "two")])
    expect(before?.code).toBe("one")
    await store.close()
  })
}
