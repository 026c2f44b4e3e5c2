/**
 * The buyer's leave for one message about a recall. The platform's sheet says yes once and keeps no record for us, so a
 * yes is kept here before the gateway is told, and told again until it has answered.
 */
import type { GatewayClient } from "@suyuan/client/client"
import { type Kept, readKeptList, writeKeptList } from "./kept"
import { makeRequestId } from "./request-id"

const UNTOLD = "leaves-untold"
const ASKED = "leave-asked"
const UNTOLD_MAX = 10
const ASKED_MAX = 50
/** What the sheet's last answer was: the platform keeps no record of it for us. */
const REFUSED = "leave-refused"

type LeaveGateway = Pick<GatewayClient, "get" | "post">

/**
 * Before the gateway is asked: a sale's page asks once; somebody who said no the last time, or was never asked, is likely
 * to be asked, and room is kept for it.
 */
export function expectQuestion(kept: Kept, sale: string): "no" | "likely" | "unlikely" {
  const asked = readKeptList(kept, ASKED)
  if (asked.includes(sale)) return "no"
  return asked.length === 0 || kept.read(REFUSED) !== undefined ? "likely" : "unlikely"
}

export type Leave =
  | { readonly at: "impossible" | "unread" }
  /** One message may come for each. */
  | { readonly at: "given"; readonly unused: number }
  | { readonly at: "refused" | "never-asked" | "used"; readonly templateId: string }

/** How it stands with messages to this person, as far as gateway and phone know. */
export async function readLeave(gateway: LeaveGateway, kept: Kept): Promise<Leave> {
  const answer = await gateway.get("/buyers/message-consents").catch(() => undefined)
  if (answer?.ok !== true) return { at: "unread" }
  const { templateId, unused } = answer.value
  if (unused > 0) return { at: "given", unused }
  if (templateId === null) return { at: "impossible" }
  if (kept.read(REFUSED) !== undefined) return { at: "refused", templateId }
  return { at: readKeptList(kept, ASKED).length > 0 ? "used" : "never-asked", templateId }
}

/** Whatever was answered: this sale's page does not ask again. */
export function noteAsked(kept: Kept, sale: string, answer: "given" | "refused"): void {
  kept.write(REFUSED, answer === "refused" ? "yes" : undefined)
  writeKeptList(kept, ASKED, [...readKeptList(kept, ASKED).filter((one) => one !== sale), sale], ASKED_MAX)
}

/** Kept before anything is sent. */
export function keepLeave(kept: Kept, templateId: string, nowMs: number): void {
  const leave = `${makeRequestId(nowMs)} ${templateId}`
  writeKeptList(kept, UNTOLD, [...readKeptList(kept, UNTOLD), leave], UNTOLD_MAX)
}

/** Tells the gateway what it was not told yet; true when nothing is left. A refused leave is of no use any more. */
export async function tellLeaves(gateway: LeaveGateway, kept: Kept): Promise<boolean> {
  for (const leave of readKeptList(kept, UNTOLD)) {
    const [id = "", templateId = ""] = leave.split(" ")
    const answer = await gateway.post("/buyers/message-consents", { body: { id, templateId } }).catch(() => undefined)
    const isOver = answer !== undefined && (answer.ok || (answer.status < 500 && ![401, 429].includes(answer.status)))
    if (!isOver) continue
    const rest = readKeptList(kept, UNTOLD).filter((one) => one !== leave)
    writeKeptList(kept, UNTOLD, rest, UNTOLD_MAX)
  }
  return readKeptList(kept, UNTOLD).length === 0
}

/** Nothing stays of which sales this phone was asked about, and what was said. */
export function dropLeaves(kept: Kept): void {
  for (const key of [UNTOLD, ASKED, REFUSED]) kept.write(key, undefined)
}
