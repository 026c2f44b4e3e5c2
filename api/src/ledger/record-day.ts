/** UTC day `yyyy-mm-dd` in the first two bytes of a record id: finds its partition. */
export function recordDay(recordIdHex: string): string {
  const days = Number.parseInt(recordIdHex.slice(0, 4), 16)
  return new Date(days * 86_400_000).toISOString().slice(0, 10)
}
