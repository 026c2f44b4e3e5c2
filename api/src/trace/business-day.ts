import type { sites } from "@suyuan/drizzle/schema/participants"

export type SiteDay = Pick<typeof sites.$inferSelect, "zone" | "dayStartsAtMinutes">

const formats = new Map<string, Intl.DateTimeFormat>()

/**
 * Business day of an instant at a site, `yyyy-mm-dd`: named by the local date on which it starts. A wholesale market
 * whose day starts at noon trades across midnight within one day.
 */
export function businessDayOf(site: SiteDay, at: Date): string {
  const format = formats.get(site.zone) ?? new Intl.DateTimeFormat("sv-SE", { timeZone: site.zone, dateStyle: "short" })
  formats.set(site.zone, format)
  return format.format(new Date(at.getTime() - site.dayStartsAtMinutes * 60_000))
}
