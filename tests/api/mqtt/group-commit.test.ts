import { describe, expect, test } from "bun:test"
import { GroupCommit } from "@suyuan/api/mqtt/group-commit"

/** A consumer that works until it is let go. */
function slowConsumer() {
  const groups: number[][] = []
  const release: (() => void)[] = []
  const consume = (group: number[]) => {
    groups.push(group)
    return new Promise<void>((resolve) => release.push(resolve))
  }
  return { groups, consume, finish: () => release.shift()?.() }
}

describe("GroupCommit", () => {
  test("hands over what came together, in order", async () => {
    const groups: number[][] = []
    const commit = new GroupCommit<number>(async (group) => void groups.push(group), 200, 1)
    for (const item of [1, 2, 3]) commit.push(item)
    await commit.drain()
    expect(groups).toEqual([[1, 2, 3]])
  })

  test("starts at once when a group is full, and never makes a larger one", async () => {
    const { groups, consume, finish } = slowConsumer()
    const commit = new GroupCommit<number>(consume, 3, 1_000_000)
    for (let item = 1; item <= 8; item += 1) commit.push(item)
    expect(groups).toEqual([[1, 2, 3]])
    const drained = commit.drain()
    while (groups.flat().length < 8) {
      finish()
      await new Promise((resolve) => setImmediate(resolve))
    }
    finish()
    await drained
    expect(groups).toEqual([
      [1, 2, 3],
      [4, 5, 6],
      [7, 8],
    ])
  })

  test("works on one group at a time", async () => {
    let working = 0
    let most = 0
    const commit = new GroupCommit<number>(
      async () => {
        working += 1
        most = Math.max(most, working)
        await new Promise((resolve) => setImmediate(resolve))
        working -= 1
      },
      2,
      0,
    )
    for (let item = 0; item < 20; item += 1) commit.push(item)
    await commit.drain()
    expect([most, commit.depth]).toEqual([1, 0])
  })

  test("draining waits for what was pushed while it worked", async () => {
    const { groups, consume, finish } = slowConsumer()
    const commit = new GroupCommit<number>(consume, 200, 1_000_000)
    commit.push(1)
    let isDrained = false
    const drained = commit.drain().then(() => {
      isDrained = true
    })
    commit.push(2)
    finish()
    await new Promise((resolve) => setImmediate(resolve))
    expect([groups, isDrained]).toEqual([[[1], [2]], false])
    finish()
    await drained
  })
})
