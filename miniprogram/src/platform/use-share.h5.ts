import type { Shared } from "./use-share"

/** A browser has its own ways; the page's Open Graph tags say what is sent. */
export function useShare(_shared: Shared): void {}

export const isSinglePage = (): boolean => false
