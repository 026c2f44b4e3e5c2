/** The left side: the stall's current code, looked at once a second. */
import type { StallCode } from "../stall-code"
import type { CornerWords } from "../words"
import { ask } from "./ask"
import { byId, element } from "./element"

const lookEveryMs = 1000

export class StallScreen {
  readonly #words: CornerWords
  #shown: string | undefined
  #count: HTMLElement | undefined
  code: StallCode | undefined
  onChange: () => void = () => {}

  constructor(words: CornerWords) {
    this.#words = words
  }

  async look(): Promise<void> {
    const code = await ask<StallCode | null>("GET", "/sandbox/corner")
    this.code = code ?? undefined
    this.#draw()
    setTimeout(() => void this.look(), lookEveryMs)
  }

  #draw(): void {
    const url = this.code?.url ?? ""
    if (url !== this.#shown) {
      this.#shown = url
      byId("stall").replaceChildren(...(this.code === undefined ? this.#empty() : this.#code(this.code)))
      this.onChange()
    }
    const leftMs = (this.code?.expiresAtMs ?? 0) - Date.now()
    if (this.#count !== undefined) this.#count.textContent = String(Math.max(0, Math.ceil(leftMs / 1000)))
  }

  #empty(): Node[] {
    const shape = element("span", { class: "shape waiting", "aria-hidden": "true" }, "◔")
    return [
      element(
        "div",
        { class: "empty" },
        shape,
        element("strong", {}, this.#words.noCode),
        element("span", {}, this.#words.noCodeHint),
      ),
    ]
  }

  #code(code: StallCode): Node[] {
    this.#count = element("span", { "aria-hidden": "true" })
    return [
      element("p", { class: "name" }, code.stall),
      element("img", {
        class: "qr",
        src: `/sandbox/corner/code.svg?of=${code.url.slice(-16)}`,
        alt: this.#words.scanHint,
        width: "380",
        height: "380",
      }),
      element("p", {}, this.#words.scanHint),
      element("p", { class: "count soft", "aria-hidden": "true" }, this.#count, ` ${this.#words.renewsIn}`),
      element("a", { href: code.url, target: "_blank", rel: "noreferrer" }, this.#words.openAddress),
    ]
  }
}
