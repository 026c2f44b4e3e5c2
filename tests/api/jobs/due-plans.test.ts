// Plans of what jobs look for every moment, made before there is anything to plan for: as a gateway makes them that starts
// at night, and keeps them. What is due is found by the index of what is due, however many are not.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import type { Context } from "@suyuan/api/context"
import { relayOutbox } from "@suyuan/api/jobs/relay-outbox"
import type { Lease } from "@suyuan/api/leases"
import type { Chain } from "@suyuan/api/ledger/chain"
import { sealBatch } from "@suyuan/api/ledger/seal-batch"
import { completeLateTrades } from "@suyuan/api/payments/complete-late-trades"
import { claimDueAttempts, claimDueRefunds } from "@suyuan/api/payments/due"
import type { PaymentDeps } from "@suyuan/api/payments/payment-deps"
import { recordLateRefunds } from "@suyuan/api/payments/record-refund"
import type { TerminalChannel } from "@suyuan/api/terminals/terminal-channel"
import { rememberPurchases } from "@suyuan/api/trace/remember-purchases"
import { drizzle } from "drizzle-orm/postgres-js"
import { type TestGateway, testGateway } from "../../support/context"
import { genericPlan } from "../../support/generic-plan"

setDefaultTimeout(60_000)

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway?.close())

/** Nothing is due, so none of these is asked for anything. */
const [deps, channel, chain, lease] = [{} as PaymentDeps, {} as TerminalChannel, {} as Chain, {} as Lease]
const daysBack = 8

type Duty = { readonly look: (ctx: Context) => Promise<unknown>; readonly table: string; readonly dueBy: string }
const duties: Record<string, Duty> = {
  payments: { look: (ctx) => claimDueAttempts(ctx, 16), table: "attempts", dueBy: "next_query_at" },
  refunds: { look: (ctx) => claimDueRefunds(ctx, 16), table: "refunds", dueBy: "next_try_at" },
  "refunds without a record": {
    look: (ctx) => recordLateRefunds(ctx, deps, 16, daysBack),
    ...{ table: "refunds", dueBy: "succeeded_at" },
  },
  "sales without a record": {
    look: (ctx) => completeLateTrades(ctx, deps, 16, daysBack),
    ...{ table: "sales", dueBy: "settled_at" },
  },
  "purchases of which nothing is remembered": {
    look: rememberPurchases,
    ...{ table: "bought_origins", dueBy: "record_id" },
  },
  messages: { look: (ctx) => relayOutbox(ctx, channel), table: "outbox", dueBy: "next_try_at" },
  "records to seal": { look: (ctx) => sealBatch(ctx, chain, lease), table: "records", dueBy: "created_at" },
}

async function textsOf(look: Duty["look"]): Promise<string[]> {
  const texts: string[] = []
  const logger = { logQuery: (text: string) => void texts.push(text) }
  await look({ ...gateway.ctx, duties: drizzle(gateway.ctx.sql, { logger }) })
  return texts.filter((text) => !/^\s*(begin|commit)/i.test(text))
}

for (const [what, { look, table, dueBy }] of Object.entries(duties)) {
  test(`${what}: an index finds what is due`, async () => {
    const texts = await textsOf(look)
    expect(texts).toHaveLength(1)
    const plan = await genericPlan(gateway.ctx.sql, texts[0] ?? "")
    const read = plan.filter((node) => node["Relation Name"]?.startsWith(`${table}_`))
    expect(read).not.toEqual([])
    for (const node of read) expect(node["Index Name"]).toContain(dueBy)
  })
}
