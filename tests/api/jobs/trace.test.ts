import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { traceJobs } from "@suyuan/api/jobs/trace"
import { releaseLease, takeLease } from "@suyuan/api/leases"
import { pileSums } from "@suyuan/drizzle/schema/trace"
import { Dice } from "../../protocol/trace/dice"
import { type TestGateway, testGateway } from "../../support/context"
import { makeStall } from "../../support/stall"
import { storeWorld } from "../recalls/world"

setDefaultTimeout(60_000)

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway?.close())

async function sumDaysAs(holder: string): Promise<number> {
  const job = traceJobs(holder).find(({ name }) => name === "trace/sum-days")
  await job?.run(gateway.ctx)
  return gateway.ctx.db.$count(pileSums)
}

test("days are summed by one gateway at a time; another goes on when it is done", async () => {
  await storeWorld(gateway, await makeStall(gateway.ctx), new Dice(1), { isWeighed: true })
  const others = await takeLease(gateway.ctx, "sum-days", "other", 600)
  if (!others) throw new Error("somebody sums already")
  expect(await sumDaysAs("own")).toBe(0)

  await releaseLease(gateway.ctx, others)
  expect(await sumDaysAs("own")).toBeGreaterThan(0)
  expect(await takeLease(gateway.ctx, "sum-days", "other", 600)).toBeDefined()
})
