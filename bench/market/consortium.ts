import type { Actor } from "@suyuan/api/actor"
import { scopes } from "@suyuan/api/actor"
import type { Context } from "@suyuan/api/context"
import { addParticipant } from "@suyuan/api/participants/add-participant"
import { addSite } from "@suyuan/api/participants/add-site"
import { commodities } from "@suyuan/drizzle/schema/merchants"
import { REGULATOR_ORGANISATION, SITE_ORGANISATIONS, sealingKey } from "../../scripts/deploy-to-chain"

const bencher: Actor = { kind: "operator", id: "bench", siteIds: [], scopes }

export type SiteKind = "base" | "wholesale" | "market"
export type Sites = Readonly<Record<SiteKind, { readonly siteId: string }>>

/** Enough for stalls that sell eight things each. */
export const commodityCodes = Array.from({ length: 24 }, (_, index) => 1_230_101 + index)

/** The organisations that the development chain knows, a site of each, and a catalogue. */
export async function openConsortium(ctx: Context, directory: string): Promise<Sites> {
  const participant = async (number: number, role: SiteKind | "regulator") => {
    const id = ctx.random.uuid()
    const names = { name: `演示机构${number}`, nameEn: `Organisation ${number}` }
    await addParticipant(ctx, bencher, {
      id,
      number,
      role,
      ...names,
      sealingKey: sealingKey(directory, number).slice(2),
    })
    return id
  }
  await participant(REGULATOR_ORGANISATION, "regulator")
  const sites: [SiteKind, { siteId: string }][] = []
  for (const { number, role } of SITE_ORGANISATIONS) {
    const participantId = await participant(number, role)
    const siteId = ctx.random.uuid()
    await addSite(ctx, bencher, {
      ...{ id: siteId, number, participantId, kind: role, name: `演示场所${number}`, nameEn: `Site ${number}` },
      ...{ regionCode: "130722", zone: "Asia/Shanghai" },
    })
    sites.push([role, { siteId }])
  }
  await ctx.db.insert(commodities).values(
    commodityCodes.map((code, index) => ({
      ...{ code, nameZh: `演示蔬菜${index + 1}`, nameEn: `Vegetable ${index + 1}`, synonyms: [] },
      ...{ shelfLifeHours: 168, catalogueVersion: 1 },
    })),
  )
  return Object.fromEntries(sites) as Sites
}
