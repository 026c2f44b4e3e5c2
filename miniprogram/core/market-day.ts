const MARKET_ZONE = "Asia/Shanghai"
const MARKET_OFFSET_MS = 8 * 3_600_000

const formats = new Map<string, Intl.DateTimeFormat>()

/**
 * `2026-12-08`: the calendar day of an instant as the gateway writes it, where the market reads its calendar. A day is
 * given back as it stands: a share knows no more.
 * @param zone of the site, as the gateway tells it; where it tells none, or the phone does not know it, China's
 */
export function marketDay(instant: string | number, zone: string = MARKET_ZONE): string {
  if (typeof instant === "string" && /^\d{4}-\d\d-\d\d$/.test(instant)) return instant
  const ms = typeof instant === "number" ? instant : Date.parse(instant)
  if (Number.isNaN(ms)) return ""
  return (
    (zone === MARKET_ZONE ? undefined : dayIn(zone, ms)) ?? new Date(ms + MARKET_OFFSET_MS).toISOString().slice(0, 10)
  )
}

/**
 * The market's business day of an instant, as `businessDayOf` at the gateway names it: by the local date on which it
 * begins. A wholesale market's begins at noon, and its trade crosses midnight.
 */
export function businessDay(instantMs: number, zone: string, dayStartsAtMinutes: number): string {
  return marketDay(instantMs - dayStartsAtMinutes * 60_000, zone)
}

/** `2026-12-08 06:40`, where the market reads its clock; a day is given back as it stands: a share knows no more. */
export function marketMoment(instant: string, zone: string = MARKET_ZONE): string {
  const day = marketDay(instant, zone)
  const ms = Date.parse(instant)
  if (day === "" || day === instant || Number.isNaN(ms)) return day
  const time = zone === MARKET_ZONE ? undefined : timeIn(zone, ms)
  return `${day} ${time ?? new Date(ms + MARKET_OFFSET_MS).toISOString().slice(11, 16)}`
}

/** Undefined where the phone has no calendars, or not this one. */
function dayIn(zone: string, ms: number): string | undefined {
  try {
    const parts = partsIn(zone, ms)
    return `${parts.get("year")}-${parts.get("month")}-${parts.get("day")}`
  } catch {
    return undefined
  }
}

function timeIn(zone: string, ms: number): string | undefined {
  try {
    const parts = partsIn(zone, ms)
    return `${parts.get("hour")}:${parts.get("minute")}`
  } catch {
    return undefined
  }
}

const numbers = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const

/** Throws where the phone does not know the zone. */
function partsIn(zone: string, ms: number): ReadonlyMap<string, string> {
  const options = { timeZone: zone, hourCycle: "h23", ...numbers } as const
  const format = formats.get(zone) ?? new Intl.DateTimeFormat("en-US", options)
  formats.set(zone, format)
  return new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]))
}
