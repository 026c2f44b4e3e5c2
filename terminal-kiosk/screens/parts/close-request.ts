/** Where the browser has it: it hears Escape and an Android tablet's way back, for whoever asked last. */
type Watcher = { onclose: (() => void) | null; destroy(): void }
const { CloseWatcher } = globalThis as { readonly CloseWatcher?: new () => Watcher }

/** Calls as often as a person asks to put away what is on top. Returns how to stop. */
export function onCloseRequest(asked: () => void): () => void {
  if (CloseWatcher === undefined) return onEscape(asked)
  const Watch = CloseWatcher
  let watcher: Watcher
  const watch = () => {
    watcher = new Watch()
    // One hears once.
    watcher.onclose = () => {
      watch()
      asked()
    }
  }
  watch()
  return () => watcher.destroy()
}

const askers: (() => void)[] = []

function onEscape(asked: () => void): () => void {
  if (askers.length === 0) addEventListener("keydown", pressed)
  askers.push(asked)
  return () => {
    askers.splice(askers.indexOf(asked), 1)
    if (askers.length === 0) removeEventListener("keydown", pressed)
  }
}

function pressed(event: KeyboardEvent): void {
  if (event.key !== "Escape" || event.isComposing) return
  event.preventDefault()
  askers.at(-1)?.()
}
