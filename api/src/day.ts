/** UTC calendar day of an instant, `yyyy-mm-dd`: the partition key. */
export function utcDay(at: Date): string {
  return at.toISOString().slice(0, 10)
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Calendar day of an instant where people read their calendar, `yyyy-mm-dd`; `zone` as `Asia/Shanghai`. */
export function localDay(at: Date, zone: string): string {
  const format = formats.get(zone) ?? new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" })
  formats.set(zone, format)
  return format.format(at)
}

/** The instant of `yyyy-mm-ddThh:mm` on a clock of this zone; one that the clock skips is the hour's other side. */
export function instantOfLocal(local: string, zone: string): Date {
  const wanted = Date.parse(`${local}Z`)
  const clock = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" })
  const shown = (ms: number) => Date.parse(`${clock.format(new Date(ms)).replace(" ", "T")}Z`)
  const near = wanted - (shown(wanted) - wanted)
  return new Date(near - (shown(near) - wanted))
}
