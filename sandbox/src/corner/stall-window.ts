/** What the stall's screen shows right now: from its source, or as it was last put by `PUT /sandbox/corner`. */
import QRCode from "qrcode"
import type { CodeSource, StallCode } from "./stall-code"

export class StallWindow {
  readonly #source: CodeSource | undefined
  readonly #clockMs: () => number
  #put: StallCode | undefined

  constructor(source: CodeSource | undefined, clockMs: () => number) {
    this.#source = source
    this.#clockMs = clockMs
  }

  put(code: StallCode): void {
    this.#put = code
  }

  /** Nothing when there is no code, or the last one is too old. */
  async current(): Promise<StallCode | undefined> {
    const code = this.#source === undefined ? this.#put : await this.#source()
    return code !== undefined && code.expiresAtMs > this.#clockMs() ? code : undefined
  }
}

/** The address in byte mode and its digits in numeric mode at level M, as the terminal's own screen draws it. */
export function drawCode(url: string): Promise<string> {
  const split = /^(.*\/)(\d+)$/.exec(url)
  const segments =
    split?.[1] === undefined || split[2] === undefined
      ? [{ data: Buffer.from(url), mode: "byte" as const }]
      : [
          { data: Buffer.from(split[1]), mode: "byte" as const },
          { data: split[2], mode: "numeric" as const },
        ]
  return QRCode.toString(segments, { type: "svg", errorCorrectionLevel: "M", margin: 2 })
}
