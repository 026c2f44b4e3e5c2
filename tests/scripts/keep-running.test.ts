import { expect, test } from "bun:test"
import type { Exit } from "../../scripts/engines/processes"
import { keepRunning, type Service } from "../../scripts/keep-running"

type Fake = Service & { end(): void; readonly number: number }

let made = 0

function fake(): Fake {
  const ended = Promise.withResolvers<Exit>()
  let isRunning = true
  const end = () => {
    isRunning = false
    ended.resolve({ code: 1, signal: null })
  }
  made += 1
  const process = {
    name: "fake",
    pid: made,
    exited: ended.promise,
    isRunning: () => isRunning,
    stop: async () => end(),
  }
  return { process, stop: process.stop, end, number: made }
}

const events = { onTrouble: () => {}, onGivenUp: () => {} }

test("starts a service again that ended, and hands out the new one", async () => {
  const restarted = Promise.withResolvers<Fake>()
  const onRestart = (service: Fake) => restarted.resolve(service)
  const kept = await keepRunning("A fake", async () => fake(), { ...events, onRestart })
  const first = kept.current()
  first.end()
  expect(await restarted.promise).not.toBe(first)
  expect(kept.current()).toBe(await restarted.promise)
  await kept.stop()
  expect(kept.current().process.isRunning()).toBe(false)
})

test("does not start again what was asked to stop", async () => {
  const said: string[] = []
  const kept = await keepRunning("A fake", async () => fake(), { ...events, onTrouble: (line) => said.push(line) })
  const last = kept.current()
  await kept.stop()
  await Promise.resolve()
  expect(kept.current()).toBe(last)
  expect(said).toEqual([])
})

test("stops also while it waits to start again", async () => {
  const troubled = Promise.withResolvers<string>()
  const kept = await keepRunning("A fake", async () => fake(), { ...events, onTrouble: troubled.resolve })
  const first = kept.current()
  first.end()
  expect(await troubled.promise).toBe("A fake ended (exit code 1); starting it again …")
  await kept.stop()
  expect(kept.current()).toBe(first)
})

test("throws when the first start fails", async () => {
  const start = async (): Promise<Fake> => {
    throw new Error("no port")
  }
  await expect(keepRunning("A fake", start, events)).rejects.toThrow("no port")
})
