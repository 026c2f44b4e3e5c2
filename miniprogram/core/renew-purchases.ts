type Listed = { readonly terminal: string; readonly counter: number; readonly settledAt: string }

/**
 * The newest page read again, and of what was read before what lies behind it. A page that is not full is all there is:
 * what is not on it is no longer this person's.
 */
export function renewPurchases<P extends Listed>(
  newest: readonly P[],
  known: readonly P[],
  pageLimit: number,
): readonly P[] {
  const last = newest[newest.length - 1]
  if (last === undefined || newest.length < pageLimit) return newest
  const isNamed = new Set(newest.map(({ terminal, counter }) => `${terminal}-${counter}`))
  const isBehind = ({ terminal, counter, settledAt }: P) =>
    Date.parse(settledAt) <= Date.parse(last.settledAt) && !isNamed.has(`${terminal}-${counter}`)
  return [...newest, ...known.filter(isBehind)]
}
