import type { sites } from "@suyuan/drizzle/schema/participants"
import { localDay } from "../day"

export type SiteDay = Pick<typeof sites.$inferSelect, "zone" | "dayStartsAtMinutes">

/**
 * Business day of an instant at a site, `yyyy-mm-dd`: named by the local date on which it starts. A wholesale market
 * whose day starts at noon trades across midnight within one day.
 */
export function businessDayOf(site: SiteDay, at: Date): string {
  return localDay(new Date(at.getTime() - site.dayStartsAtMinutes * 60_000), site.zone)
}
