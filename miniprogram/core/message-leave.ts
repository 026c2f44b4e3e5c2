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

type LeaveGateway = Pick<GatewayClient, "get" | "post">

/** What the buyer may be asked; undefined: nothing, or not now. A sale's page asks once. */
export async function readOffer(gateway: LeaveGateway, kept: Kept, sale: string): Promise<string | undefined> {
  if (readKeptList(kept, ASKED).includes(sale)) return undefined
  const answer = await gateway.get("/buyers/message-consents").catch(() => undefined)
  if (answer?.ok !== true || answer.value.unused > 0) return undefined
  return answer.value.templateId ?? undefined
}

/** Whatever was answered: this sale's page does not ask again. */
export function noteAsked(kept: Kept, sale: string): void {
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
    const isOver = answer !== undefined && (answer.ok || (answer.status < 500 && answer.status !== 401))
    if (!isOver) continue
    const rest = readKeptList(kept, UNTOLD).filter((one) => one !== leave)
    writeKeptList(kept, UNTOLD, rest, UNTOLD_MAX)
  }
  return readKeptList(kept, UNTOLD).length === 0
}
