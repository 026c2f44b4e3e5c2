import type { SaleAnswer } from "../../core/origin-words"

/** The sale that the gateway put into the page, once: later it is read again. */
export function givenSale(digits: string): SaleAnswer | undefined {
  const element = document.getElementById("sale")
  if (element === null) return undefined
  element.remove()
  const given = JSON.parse(element.textContent ?? "null") as { digits: string; sale: SaleAnswer } | null
  return given?.digits === digits ? given.sale : undefined
}

/** Gone when the first page is there to be shown in its place, so that nothing blinks. */
export function dropPlainPage(): void {
  if (document.getElementById("plain-style") === null) return
  for (const element of document.querySelectorAll("#plain-style, body > .demo, body > .slip, body > footer")) {
    element.remove()
  }
}
