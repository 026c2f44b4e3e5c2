/** UTC calendar day of an instant, `yyyy-mm-dd`: the partition key. */
export function utcDay(at: Date): string {
  return at.toISOString().slice(0, 10)
}
