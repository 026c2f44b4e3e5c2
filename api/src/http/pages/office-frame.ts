import type { WordLanguage } from "@suyuan/look/words"
import type { Scope } from "../../actor"

/** What every page of the office needs of its request. */
export type PageFrame = {
  readonly language: WordLanguage
  readonly nonce: string | undefined
  readonly development: boolean
  /** Path and query of this page without its language. */
  readonly path: string
  /** Of who is signed in, for a navigation that offers nothing else. */
  readonly scopes?: readonly Scope[]
}

/** A link that stays in the language that was chosen. */
export function withLanguage(path: string, language: WordLanguage): string {
  return `${path}${path.includes("?") ? "&" : "?"}lang=${language}`
}
