import { expect, test } from "bun:test"
import { EPOCH_2024_MS } from "@suyuan/protocol/units/instant"
import { BLOCK_SIZE, openCounter } from "@suyuan/terminal-kiosk/counter/counter-blocks"
import { openTerminalTime } from "@suyuan/terminal-kiosk/terminal-time"
import { stallClock } from "../headless-terminal"
import { MemoryStore } from "../store/memory-store"

const open = async (store: MemoryStore, clock: ReturnType<typeof stallClock>) =>
  openCounter(store, await openTerminalTime(store, clock))

test("[PC-20] numbers rise by one and are reserved a block ahead, before the first is used", async () => {
  const store = new MemoryStore()
  const counter = await open(store, stallClock())
  const first = await counter.take()
  expect(first.counter).toBe(1)
  expect((await store.get("counter", "the"))?.reservedUntil).toBe(1 + BLOCK_SIZE)
  const commits = store.commits
  for (let i = 2; i <= BLOCK_SIZE; i++) expect((await counter.take()).counter).toBe(i)
  expect(store.commits).toBe(commits)
  expect((await counter.take()).counter).toBe(BLOCK_SIZE + 1)
  expect(store.commits).toBe(commits + 1)
})

test("after an unclean end the rest of the block is skipped", async () => {
  const store = new MemoryStore()
  const clock = stallClock()
  await (await open(store, clock)).take()
  const again = await open(store, clock)
  expect((await again.take()).counter).toBe(1 + BLOCK_SIZE)
})

test("after a clean end the next number follows, and a crash after that skips again", async () => {
  const store = new MemoryStore()
  const clock = stallClock()
  const first = await open(store, clock)
  await first.take()
  await first.close()
  const second = await open(store, clock)
  expect((await second.take()).counter).toBe(2)
  const third = await open(store, clock)
  expect((await third.take()).counter).toBe(1 + BLOCK_SIZE)
})

test("a number whose reservation was lost is not given", async () => {
  const store = new MemoryStore()
  const counter = await open(store, stallClock())
  store.losePower = true
  await expect(counter.take()).rejects.toThrow("power")
  store.losePower = false
  expect((await (await open(store, stallClock())).take()).counter).toBe(1)
})

test("issue times never go back, not even over a restart with a clock set back", async () => {
  const store = new MemoryStore()
  const clock = stallClock(EPOCH_2024_MS + 5_000_000)
  const counter = await open(store, clock)
  expect((await counter.take()).issuedAtSeconds).toBe(5000)
  clock.set(EPOCH_2024_MS + 1_000_000)
  expect((await counter.take()).issuedAtSeconds).toBe(5000)
  await counter.close()
  expect((await (await open(store, clock)).take()).issuedAtSeconds).toBe(5000)
})
