const MARKET_OFFSET_MS = 8 * 3_600_000

/** `2026-12-08`: the calendar day in the markets' zone (China has one), of an instant as the gateway writes it. */
export function marketDay(instant: string | number): string {
  const ms = typeof instant === "number" ? instant : Date.parse(instant)
  return Number.isNaN(ms) ? "" : new Date(ms + MARKET_OFFSET_MS).toISOString().slice(0, 10)
}
