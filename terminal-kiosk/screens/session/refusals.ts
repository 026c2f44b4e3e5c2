import { errorWords } from "@suyuan/look/errors"
import { terminalRefusals } from "@suyuan/look/terminal-refusals"

/** A closed code as a sentence: the terminal's own, or the gateway's; a code that this version lacks stands as it is. */
export function refusalWords(code: string, language: "zh" | "en"): string {
  const own: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
    ...errorWords,
    ...terminalRefusals,
  }
  return own[code]?.[language] ?? code
}
