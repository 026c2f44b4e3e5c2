/** Bill files that were asked for, each under a token and for a short time, as the platforms hand them out. */
import { randomBytes } from "node:crypto"
import type { Platform } from "../accounts"

interface BillFile {
  readonly platform: Platform
  readonly bytes: Uint8Array
  readonly untilMs: number
}

const filesMax = 100

export class BillFiles {
  readonly #files = new Map<string, BillFile>()

  /** Returns the token. */
  keep(platform: Platform, bytes: Uint8Array, untilMs: number): string {
    for (const token of this.#files.keys()) {
      if (this.#files.size < filesMax) break
      this.#files.delete(token)
    }
    const token = randomBytes(24).toString("base64url")
    this.#files.set(token, { platform, bytes, untilMs })
    return token
  }

  find(platform: Platform, token: string, nowMs: number): Uint8Array | undefined {
    const file = this.#files.get(token)
    return file?.platform === platform && nowMs < file.untilMs ? file.bytes : undefined
  }
}
