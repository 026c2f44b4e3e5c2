import { z } from "@hono/zod-openapi"
import type { Actor } from "../actor"
import type { Reader } from "../context"
import { ServiceError } from "../errors"
import type { Site } from "../participants/add-site"
import { listSites } from "../participants/list-sites"
import { uuid } from "./schemas"

/** A field of a form that may be left empty. */
export function orEmpty<S extends z.ZodType>(schema: S) {
  return z.union([z.literal("").transform(() => undefined), schema]).optional()
}

export const siteQuery = orEmpty(uuid)

export type ChosenSite = { readonly sites: readonly Site[]; readonly site: Site | undefined }

/**
 * The sites that the actor may look at, and the one that a page is about: what was asked for, else the first market.
 * @throws ServiceError request/forbidden, site/unknown.
 */
export async function chooseSite(reader: Reader, actor: Actor, siteId: string | undefined): Promise<ChosenSite> {
  const sites = await listSites(reader, actor)
  if (siteId === undefined) return { sites, site: sites.find(({ kind }) => kind === "market") ?? sites[0] }
  const site = sites.find(({ id }) => id === siteId)
  if (!site) throw new ServiceError(actor.siteIds.length > 0 ? "request/forbidden" : "site/unknown")
  return { sites, site }
}
