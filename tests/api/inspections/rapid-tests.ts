// Rapid tests of a stall's piles, as an inspector enters them.
import type { Actor } from "@suyuan/api/actor"
import { enterInspection } from "@suyuan/api/inspections/enter-inspection"
import { inspections } from "@suyuan/drizzle/schema/trace"
import type { UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { eq } from "drizzle-orm"
import type { TestGateway } from "../../support/context"
import { harvestBody, nextMoment, secondsOf } from "../../support/goods"
import { cabbage, type SellingTerminal } from "../../support/selling"
import { operatorOf } from "../../support/stall"

export const inspector = (siteId: string): Actor => ({ ...operatorOf(siteId), kind: "inspector", id: "inspector-one" })

/** @param at asked with each deed, because a test opens its gateway first */
export function rapidTests(at: () => TestGateway) {
  const newId = () => at().ctx.random.uuid()

  const body = (more: Partial<UploadBody<"inspection">> = {}): UploadBody<"inspection"> => ({
    ...{ sampleNumber: "KJ-1", commodity: cabbage, lot: undefined, method: "酶抑制率法" },
    ...{ sampledAtSeconds: secondsOf(at().ctx), testedAtSeconds: secondsOf(at().ctx) },
    ...{ standard: "GB/T 5009.199-2003", limitPermille: 500, inhibitionPermille: 120, conclusion: "passed" },
    ...{ instrument: "NC-800", testerRole: "market inspector" },
    ...more,
  })
  const failed = (more: Partial<UploadBody<"inspection">> = {}) =>
    body({ inhibitionPermille: 612, conclusion: "failed", ...more })

  async function enter(
    stall: SellingTerminal,
    entry: UploadBody<"inspection">,
    more: { id?: string; photo?: string } = {},
  ) {
    nextMoment(at().clock)
    const id = more.id ?? newId()
    const given = { id, merchantId: stall.merchantId, body: entry, photo: more.photo }
    await enterInspection(at().ctx, inspector(stall.siteId), given)
    return id
  }
  const rowOf = async (id: string) => {
    const [row] = await at().ctx.db.select().from(inspections).where(eq(inspections.id, id))
    if (!row) throw new Error("the test is missing")
    return row
  }
  async function harvest(base: SellingTerminal, grams: number): Promise<string> {
    nextMoment(at().clock)
    const lot = newId()
    await base.deliver(await base.envelope("harvest", harvestBody(at().ctx, lot, grams)))
    return lot
  }
  return { newId, body, failed, enter, rowOf, harvest }
}
