/** What chance alone would give. Pure. */

/**
 * How unlikely `hits` or more of `trials` are when each has the chance `each`: the answer is 10 to the power of minus the
 * result. Summed in logarithms, because the terms that matter are far below what a number can hold.
 */
export function binomialTailExponent(trials: number, hits: number, each: number): number {
  if (hits <= 0) return 0
  if (each <= 0 || hits > trials) return Number.POSITIVE_INFINITY
  if (each >= 1) return 0
  let choose = 0
  let sum = Number.NEGATIVE_INFINITY
  for (let of = 1; of <= trials; of++) {
    choose += Math.log(trials - of + 1) - Math.log(of)
    if (of < hits) continue
    const term = choose + of * Math.log(each) + (trials - of) * Math.log(1 - each)
    sum = Math.max(sum, term) + Math.log1p(Math.exp(-Math.abs(sum - term)))
  }
  return Math.max(0, -sum / Math.LN10)
}

const earthRadiusKm = 6371

/** Along a great circle: no road is shorter. Millionths of a degree. */
export function distanceKm(a: readonly [number, number], b: readonly [number, number]): number {
  const radians = (microdegrees: number) => (microdegrees / 1_000_000) * (Math.PI / 180)
  const [latA, latB] = [radians(a[0]), radians(b[0])]
  const between = Math.sin((latB - latA) / 2) ** 2
  const around = Math.cos(latA) * Math.cos(latB) * Math.sin(radians(b[1] - a[1]) / 2) ** 2
  return 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(between + around)))
}
