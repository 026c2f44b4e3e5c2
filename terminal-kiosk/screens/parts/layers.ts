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

let left: HTMLElement | undefined

/**
 * Takes the focus off a field whose key opens a layer, while nothing of the page is changed yet: a browser that has to
 * take it off one that is hidden already styles and lays out the page under the layer, before the layer is seen.
 */
export function leaveField(field: HTMLElement): void {
  left = field
  field.blur()
}

/** Whom the focus goes back to once the layer that opens now is gone. */
export function focusedBefore(): Element | null {
  const before = left?.isConnected ? left : document.activeElement
  left = undefined
  return before
}
