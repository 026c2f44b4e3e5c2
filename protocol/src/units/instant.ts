/** Instants: milliseconds since 1970 in programs, seconds since 2024 in signed bytes, UTC days in record ids. */

/** 2024-01-01T00:00:00Z. A u32 of seconds from here reaches 2160. */
export const EPOCH_2024_MS = 1_704_067_200_000
export const MS_PER_DAY = 86_400_000

/** Whole seconds since 2024-01-01T00:00:00Z, rounded down. @throws RangeError before 2024 or beyond a u32. */
export function msToSeconds2024(ms: number): number {
  const seconds = Math.floor((ms - EPOCH_2024_MS) / 1000)
  if (!(seconds >= 0 && seconds <= 0xffff_ffff)) throw new RangeError(`${ms} is outside 2024 to 2160`)
  return seconds
}

export function seconds2024ToMs(seconds: number): number {
  return EPOCH_2024_MS + seconds * 1000
}

/** Days since 1970-01-01 in UTC: the `day` of record ids and partitions. */
export function utcDayOf(ms: number): number {
  return Math.floor(ms / MS_PER_DAY)
}
