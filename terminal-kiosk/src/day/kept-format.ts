const kept = new Map<string, Intl.DateTimeFormat>()

/** A format takes a cheap tablet milliseconds to make, and the customer's display is told of a day's tests every second. */
export function keptFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, options])
  const format = kept.get(key) ?? new Intl.DateTimeFormat(locale, options)
  kept.set(key, format)
  return format
}
