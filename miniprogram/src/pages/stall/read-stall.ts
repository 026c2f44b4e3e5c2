import type { AnswerOf, ClientAnswer } from "@suyuan/client/client"
import { businessDay } from "../../../core/market-day"
import { gateway } from "../../session/gateway"
import { withSession } from "../../session/with-session"

const boughtLimit = 50

type Binding = AnswerOf<"/bindings", "get">[number]
export type BoughtLine = AnswerOf<"/bought/{id}", "get">["purchases"][number]

export interface OwnStall {
  readonly binding: Binding
  /** Of the market's calendar, `2026-12-08`. */
  readonly day: string
  readonly recalls: AnswerOf<"/buyers/recalls", "get">["recalls"]
  /** Undefined where it could not be read. */
  readonly bought: readonly BoughtLine[] | undefined
  /** The same. */
  readonly balance: AnswerOf<"/balance/merchants/{merchantId}/{day}", "get">["lines"] | undefined
}

/** Everything of this wallet's stall before any of it is shown: what comes late pushes the page down. `null`: it is bound to none. */
export async function readStall() {
  const bindings = await withSession(() => gateway.get("/bindings"))
  if (!bindings.ok) return bindings
  const binding = bindings.value.find(({ state }) => state === "active")
  return { ...bindings, value: binding === undefined ? null : await readBound(binding) }
}

async function readBound(binding: Binding): Promise<OwnStall> {
  const { merchantId, zone, dayStartsAtMinutes } = binding
  const day = businessDay(Date.now(), zone, dayStartsAtMinutes)
  const [recalls, bought, balance] = await Promise.all([
    answered(gateway.get("/buyers/recalls")),
    answered(gateway.get("/bought/{id}", { path: { id: merchantId }, query: { limit: boughtLimit } })),
    answered(gateway.get("/balance/merchants/{merchantId}/{day}", { path: { merchantId, day } })),
  ])
  return { binding, day, recalls: recalls?.recalls ?? [], bought: bought?.purchases, balance: balance?.lines }
}

async function answered<T>(asked: Promise<ClientAnswer<T>>): Promise<T | undefined> {
  const answer = await asked.catch(() => undefined)
  return answer?.ok === true ? answer.value : undefined
}
