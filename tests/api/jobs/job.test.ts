import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import type { Context } from "@suyuan/api/context"
import { type Job, runJobs } from "@suyuan/api/jobs/job"
import { ledgerJobs } from "@suyuan/api/jobs/ledger"
import type { Chain } from "@suyuan/api/ledger/chain"
import { leases } from "@suyuan/drizzle/schema/outbox"
import { eq } from "drizzle-orm"
import { until } from "../../support/broker"
import { type TestGateway, testGateway } from "../../support/context"

setDefaultTimeout(60_000)

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway?.close())

const seldom = 1_000_000

/** A context that remembers what is logged. */
function logged(): { ctx: Context; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = []
  const log = new Proxy(gateway.ctx.log, {
    get: (target, name) =>
      ["warn", "error", "fatal"].includes(String(name))
        ? (line: Record<string, unknown>) => lines.push(line)
        : Reflect.get(target, name),
  })
  return { ctx: { ...gateway.ctx, log }, lines }
}

describe("jobs", () => {
  test("are called again at once while there is work, and then rest", async () => {
    const answers = [3, 2, 1, 0]
    let calls = 0
    const job: Job = { name: "test", everyMs: seldom, run: async () => answers[calls++] ?? 0 }
    const running = runJobs(gateway.ctx, [job])
    await until(() => calls === 4, "four calls")
    await new Promise((resolve) => setImmediate(resolve))
    expect(calls).toBe(4)
    running.wake("test")
    await until(() => calls === 5, "woken")
    await running.stop()
  })

  test("a failure is logged by its cause, without what a query carried, and tried again in its time", async () => {
    const { ctx, lines } = logged()
    let calls = 0
    const job: Job = {
      name: "test",
      everyMs: 1,
      run: async () => {
        calls += 1
        if (calls === 1)
          await ctx.db
            .select()
            .from(leases)
            .where(eq(leases.fence, "openid-of-a-person" as never))
        return 0
      },
    }
    const running = runJobs(ctx, [job])
    await until(() => calls >= 2, "tried again")
    await running.stop()
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({ job: "test" })
    expect(JSON.stringify(lines)).not.toContain("params")
  })

  test("long work rests between its bites, and ends after the one that it is at when it is stopped", async () => {
    let bites = 0
    let isEnded = false
    const job: Job = {
      name: "test",
      everyMs: seldom,
      run: async (_ctx, _busy, rest) => {
        while (await rest?.()) bites += 1
        isEnded = true
        return 0
      },
    }
    const running = runJobs(gateway.ctx, [job])
    await until(() => bites >= 3, "three bites")
    expect(isEnded).toBe(false)
    await running.stop()
    expect(isEnded).toBe(true)
  })

  test("stopping waits for the one at work, and starts no other", async () => {
    const work = Promise.withResolvers<number>()
    let calls = 0
    const job: Job = {
      name: "test",
      everyMs: 1,
      run: () => {
        calls += 1
        return work.promise
      },
    }
    const running = runJobs(gateway.ctx, [job])
    await until(() => calls === 1, "started")
    let isStopped = false
    const stopped = running.stop().then(() => {
      isStopped = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(isStopped).toBe(false)
    work.resolve(5)
    await stopped
    expect(calls).toBe(1)
  })

  test("[AN] one process at a time seals and anchors a log, whichever job asks first", async () => {
    const asked: string[] = []
    const chain = (holder: string) =>
      ({
        chainId: 1,
        contract: "00".repeat(20),
        headAt: async () => {
          asked.push(holder)
          return { sequence: 0, head: "00".repeat(32), blockNumber: 0, blockHash: "00".repeat(32), nextNonce: 0 }
        },
        unregistered: async () => [],
      }) as unknown as Chain
    const jobs = ["one", "two"].flatMap((holder) => ledgerJobs(gateway.ctx, chain(holder), holder))
    for (let round = 0; round < 3; round += 1) await Promise.all(jobs.map((job) => job.run(gateway.ctx)))
    expect(new Set(asked).size).toBe(1)
    await gateway.ctx.sql`UPDATE leases SET until = now() - interval '1 second'`
    const [other] = asked[0] === "one" ? jobs.slice(3) : jobs.slice(1)
    await other?.run(gateway.ctx)
    expect(new Set(asked).size).toBe(2)
  })
})
