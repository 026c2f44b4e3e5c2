import type { SaleAnswer } from "../../core/origin-words"

/** What came with the page: nothing, in a mini-program. */
export function givenSale(_digits: string): SaleAnswer | undefined {
  return undefined
}

/** The plain page that was shown until here. */
export function dropPlainPage(): void {}
