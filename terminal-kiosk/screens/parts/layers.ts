/**
 * What lies on the page, the topmost last. Whatever is under another is neither drawn nor tapped, tabbed to or read out,
 * and keeps its style and layout: `inert`, as of a modal dialog, has the browser style each of its elements anew, twice,
 * which on a slow tablet takes longer than all else of a tap.
 */
const layers: HTMLElement[] = []

/** Returns how to take it away. */
export function layOver(layer: HTMLElement): () => void {
  layers.push(layer)
  hideUnder()
  return () => {
    layers.splice(layers.indexOf(layer), 1)
    hideUnder()
  }
}

function hideUnder(): void {
  const page = document.getElementById("kiosk")
  const all = page === null ? layers : [page, ...layers]
  for (const [index, layer] of all.entries()) layer.toggleAttribute("data-under", index < all.length - 1)
}
