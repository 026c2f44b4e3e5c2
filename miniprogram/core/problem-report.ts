/**
 * A report of a purchase that must arrive once: its id is kept from before it is sent until the gateway has answered, so
 * that a lost answer is asked for by the same id.
 */
import type { AnswerOf, ClientAnswer, GatewayClient } from "@suyuan/client/client"
import { type ProblemWord, problemKinds } from "@suyuan/look/problem-words"
import type { Kept } from "./kept"
import { makeRequestId } from "./request-id"

export { problemKinds }
export const SAID_MAX = 200

export interface ProblemToReport {
  readonly terminal: string
  readonly counter: number
  readonly kind: ProblemWord
  readonly said: string
}

type Report = AnswerOf<"/buyers/problems", "post">

/** Rejects without a network: it may have arrived, and sending the same again is safe. */
export async function reportProblem(
  gateway: Pick<GatewayClient, "post">,
  kept: Kept,
  problem: ProblemToReport,
  nowMs: number,
): Promise<ClientAnswer<Report>> {
  const key = `report ${problem.terminal} ${problem.counter} ${problem.kind}`
  const content = JSON.stringify(problem)
  const [id = "", ...before] = (kept.read(key) ?? "").split(" ")
  const isSame = before.join(" ") === content
  const own = isSame ? id : makeRequestId(nowMs)
  kept.write(key, `${own} ${content}`)
  const answer = await gateway.post("/buyers/problems", { body: { id: own, ...problem } })
  if (answer.ok || answer.status < 500) kept.write(key, undefined)
  return answer
}

/** `terminal` and `counter` of a page's address; anybody may have written them. */
export function purchaseOf(
  parameters: Readonly<Record<string, string | undefined>>,
): Pick<ProblemToReport, "terminal" | "counter"> | undefined {
  const { terminal = "", counter = "" } = parameters
  if (!/^[0-9a-f]{10}$/.test(terminal) || !/^[0-9]{1,10}$/.test(counter)) return undefined
  return { terminal, counter: Number(counter) }
}
