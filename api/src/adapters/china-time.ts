/** Both platforms write times as in China, UTC+8 all year. */
const offsetMs = 8 * 3_600_000

/** `2026-03-01T09:30:00+08:00`, whole seconds. */
export function chinaRfc3339(at: Date): string {
  return `${new Date(at.getTime() + offsetMs).toISOString().slice(0, 19)}+08:00`
}

/** `2026-03-01 09:30:00`. */
export function chinaDateTime(at: Date): string {
  return new Date(at.getTime() + offsetMs).toISOString().slice(0, 19).replace("T", " ")
}
