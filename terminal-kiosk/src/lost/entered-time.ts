/** The day and time that a seller gives for a sale of a lost tablet, by the site's clock. */

/** As far back as the gateway takes it (UP-20). */
export const ENTERED_MS_MAX = 7 * 86_400_000

export type EnteredTimeProblem = "enteredMalformed" | "enteredAhead" | "enteredTooOld"

const LOCAL_PATTERN = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})$/

export function judgeEnteredTime(ms: number, nowMs: number): EnteredTimeProblem | undefined {
  if (ms > nowMs) return "enteredAhead"
  return nowMs - ms > ENTERED_MS_MAX ? "enteredTooOld" : undefined
}

/** `2026-03-01T09:12`, as an input of a page gives it, in a zone; `undefined` for no time. */
export function parseLocalTime(text: string, zone: string): number | undefined {
  const [, year, month, day, hour, minute] = LOCAL_PATTERN.exec(text)?.map(Number) ?? []
  if (year === undefined || month === undefined) return undefined
  const asUtcMs = Date.UTC(year, month - 1, day, hour, minute)
  const ms = asUtcMs - (Date.parse(`${localTime(asUtcMs, zone)}Z`) - asUtcMs)
  return localTime(ms, zone) === text ? ms : undefined
}

/** The other way round, to the minute. */
export function localTime(ms: number, zone: string): string {
  const options = { timeZone: zone, dateStyle: "short", timeStyle: "short" } as const
  return new Intl.DateTimeFormat("sv-SE", options).format(ms).replace(" ", "T")
}
