// Sales by the terminal's own screens and core, as fast as the page lets them: taps from within, without a journey each.
import type { Page } from "playwright-core"

/** So many sales of one kilogram of the first goods, their codes shown and left unpaid. */
export function sellMany(page: Page, count: number): Promise<void> {
  return page.evaluate(async (sales) => {
    const found = (selector: string) =>
      new Promise<HTMLElement>((resolve) => {
        const look = () => {
          const element = document.querySelector<HTMLElement>(selector)
          if (element === null) return false
          resolve(element)
          return true
        }
        if (look()) return
        const watcher = new MutationObserver(() => {
          if (look()) watcher.disconnect()
        })
        watcher.observe(document, { subtree: true, childList: true, attributes: true })
      })
    const tap = async (selector: string) => (await found(selector)).click()
    for (let sale = 0; sale < sales; sale += 1) {
      await tap(".tile")
      await found("dialog .keypad")
      document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key: "2", bubbles: true }))
      await tap("dialog .line-actions .primary:not(:disabled)")
      await found(".settle-screen .qr")
      await tap(".settle-screen .settle-actions > button:last-child")
    }
  }, count)
}
