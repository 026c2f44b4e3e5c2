/** A tab that nobody looks at paints nothing. */
const PAINT_MS_MAX = 300

/** Work that a person need not wait for: once the screen shows what was just decided. */
export function afterPaint(work: () => void): void {
  let isDone = false
  const once = () => {
    if (isDone) return
    isDone = true
    work()
  }
  requestAnimationFrame(() => {
    const painted = new MessageChannel()
    painted.port1.onmessage = once
    painted.port2.postMessage(undefined)
  })
  setTimeout(once, PAINT_MS_MAX)
}
