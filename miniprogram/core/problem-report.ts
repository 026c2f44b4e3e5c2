/**
 * A report of a purchase that must arrive once: its id is kept from before it is sent until the gateway has answered, so
 * that a lost answer is asked for by the same id.
 */
import type { AnswerOf, ClientAnswer, GatewayClient } from "@suyuan/client/client"
import { type ProblemWord, problemKinds } from "@suyuan/look/problem-words"
import { type Kept, readKeptList, writeKeptList } from "./kept"
import { makeRequestId } from "./request-id"

export { problemKinds }
export const SAID_MAX = 200

/** What was sent and had no answer: purchase, kind, id, and what somebody wrote. */
const UNHEARD = "reports-unheard"
const UNHEARD_MAX = 10

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
  const about = `${problem.terminal} ${problem.counter} ${problem.kind} `
  const before = readKeptList(kept, UNHEARD).find((one) => one.startsWith(about))
  const [id = "", ...said] = (before ?? "").slice(about.length).split(" ")
  const own = before !== undefined && said.join(" ") === problem.said ? id : makeRequestId(nowMs)
  const keep = (reports: readonly string[]) => {
    const others = readKeptList(kept, UNHEARD).filter((one) => !one.startsWith(about))
    writeKeptList(kept, UNHEARD, [...others, ...reports], UNHEARD_MAX)
  }
  keep([`${about}${own} ${problem.said}`])
  const answer = await gateway.post("/buyers/problems", { body: { id: own, ...problem } })
  if (answer.ok || answer.status < 500) keep([])
  return answer
}

/** What somebody wrote goes with the rest of theirs, sent or not. */
export function dropReports(kept: Kept): void {
  kept.write(UNHEARD, undefined)
}

/** `terminal` and `counter` of a page's address; anybody may have written them. */
export function purchaseOf(
  parameters: Readonly<Record<string, string | undefined>>,
): Pick<ProblemToReport, "terminal" | "counter"> | undefined {
  const { terminal = "", counter = "" } = parameters
  if (!/^[0-9a-f]{10}$/.test(terminal) || !/^[0-9]{1,10}$/.test(counter)) return undefined
  return { terminal, counter: Number(counter) }
}
