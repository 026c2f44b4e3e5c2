import { type Appearance, appearanceText, readAppearance } from "../../core/appearance"

const KEY = "appearance"

/** A browser may keep nothing: then the choice lasts as long as the page. */
export function firstAppearance(): Appearance {
  try {
    return readAppearance(localStorage.getItem(KEY))
  } catch {
    return readAppearance(undefined)
  }
}

export function keepAppearance(appearance: Appearance): void {
  try {
    localStorage.setItem(KEY, appearanceText(appearance))
  } catch {
    // A private window, or a browser that is told to keep nothing. The page looks as was chosen all the same, and the
    // next one as the phone says: nothing that anybody needs is lost, so nobody is stopped to be told.
  }
}

/** The root is marked, and with it everything. */
export function appearanceClass(_appearance: Appearance): string {
  return ""
}

export function dressBar({ scheme, isLarge }: Appearance): void {
  const { dataset } = document.documentElement
  if (scheme === "system") delete dataset.scheme
  else dataset.scheme = scheme
  if (isLarge) dataset.text = "large"
  else delete dataset.text
}
