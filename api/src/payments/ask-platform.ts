import type { Context } from "../context"
import type { AttemptRow } from "./attempts"
import type { PaymentDeps } from "./payment-deps"
import { appendEvents, type PaymentEventKind } from "./payment-events"
import { payeeOf } from "./payment-order"
import type { Outcome, PlatformTrade } from "./payment-provider"

/** What the platform knows of the attempt's order now; noted in the diary. */
export async function askPlatform(
  ctx: Context,
  deps: PaymentDeps,
  attempt: AttemptRow,
): Promise<Outcome<PlatformTrade>> {
  const payee = await payeeOf(ctx.db, attempt)
  const answer = await deps.providers[attempt.platform].query({ outTradeNo: attempt.outTradeNo, payee })
  await noteAnswer(ctx, attempt, "query/answered", answer, answer.kind === "succeeded" ? answer.value.state : undefined)
  return answer
}

/** Asks for the order to be closed. Whatever the answer, only a query afterwards says what it is now. */
export async function askToClose(ctx: Context, deps: PaymentDeps, attempt: AttemptRow): Promise<void> {
  const payee = await payeeOf(ctx.db, attempt)
  const answer = await deps.providers[attempt.platform].close({ outTradeNo: attempt.outTradeNo, payee })
  await noteAnswer(ctx, attempt, "close/answered", answer, answer.kind === "succeeded" ? "closed" : undefined)
}

async function noteAnswer(
  ctx: Context,
  attempt: AttemptRow,
  kind: PaymentEventKind,
  answer: Outcome<unknown>,
  said: string | undefined,
): Promise<void> {
  const { outTradeNo, siteId } = attempt
  const detail = {
    ...(said !== undefined && { answer: said }),
    ...(answer.kind === "failed" && { code: answer.code }),
    ...(answer.kind === "unknown" && { cause: answer.cause }),
    ...(answer.kind === "unknown" && answer.code !== undefined && { code: answer.code }),
  }
  await appendEvents(ctx, ctx.db, [{ outTradeNo, siteId, kind, detail }])
}
