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
