import { useEffect, useSyncExternalStore } from "react"
import { type Appearance, nextScheme } from "../../core/appearance"
import { appearanceClass, dressBar, firstAppearance, keepAppearance } from "../platform/appearance"

let appearance: Appearance | undefined
const listeners = new Set<() => void>()

function read(): Appearance {
  appearance ??= firstAppearance()
  return appearance
}

function change(next: Appearance): void {
  appearance = next
  keepAppearance(next)
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const switchText = () => change({ ...read(), isLarge: !read().isLarge })
export const switchScheme = () => change({ ...read(), scheme: nextScheme(read().scheme) })

// Before the first page is drawn, so that nothing blinks.
if (process.env.TARO_ENV === "h5") dressBar(read())

/** How this page looks, and the class that says so. */
export function useAppearance(): Appearance & { readonly className: string } {
  const current = useSyncExternalStore(subscribe, read)
  useEffect(() => dressBar(current), [current])
  return { ...current, className: appearanceClass(current) }
}
