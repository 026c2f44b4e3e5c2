import { type OriginOptions, type Origins, type PileHistory, resolveOrigins } from "@suyuan/protocol/trace/origin-range"

/**
 * Signed times are whole seconds, and a terminal's offset is known to within a message's way: two events of different
 * terminals closer than twice this have no certain order, and a range must hold in either.
 */
export const clockErrorMs = 1000

/** So far before its time an inflow may have come, and after its time an outflow have left (RG-2). */
export const openOrderMs = 2 * clockErrorMs

/**
 * Origins of these piles with the clocks' error allowed for. Quick trade to and fro can then seem to wait for itself:
 * it is resolved by the clocks as they are. Undefined when even that is not well founded: then origins are unknown.
 */
export function resolve(histories: readonly PileHistory[], options: OriginOptions): Resolved | undefined {
  const tolerant = resolveOrigins(histories, { ...options, clockErrorMs })
  if (tolerant.ok) return { ...tolerant.value, isTolerant: true }
  const exact = resolveOrigins(histories, options)
  return exact.ok ? { ...exact.value, isTolerant: false } : undefined
}

export type Resolved = Origins & { readonly isTolerant: boolean }
