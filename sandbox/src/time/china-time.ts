/** Times as the platforms write them: always China time (UTC+8, no daylight saving). */

const offsetMs = 8 * 3600 * 1000

function parts(atMs: number): { day: string; time: string } {
  const text = new Date(atMs + offsetMs).toISOString()
  return { day: text.slice(0, 10), time: text.slice(11, 19) }
}

/** `2018-06-08T10:34:56+08:00`, as WeChat Pay writes it. */
export function rfc3339(atMs: number): string {
  const { day, time } = parts(atMs)
  return `${day}T${time}+08:00`
}

/** `2018-06-08 10:34:56`, as Alipay writes it. */
export function dateTime(atMs: number): string {
  const { day, time } = parts(atMs)
  return `${day} ${time}`
}

/** `20180608` and `103456`, for the platforms' own numbers. */
export function compactDay(atMs: number): string {
  return parts(atMs).day.replaceAll("-", "")
}

export function compactTime(atMs: number): string {
  return parts(atMs).time.replaceAll(":", "")
}

/** Milliseconds of `2018-06-08 10:34:56` in China time, or nothing when it is not a time. */
export function parseDateTime(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(text)) return undefined
  const ms = Date.parse(`${text.replace(" ", "T")}+08:00`)
  return Number.isNaN(ms) ? undefined : ms
}

/** Milliseconds of an RFC 3339 time with seconds and an offset, or nothing. */
export function parseRfc3339(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?(Z|[+-]\d{2}:\d{2})$/.test(text)) return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}
