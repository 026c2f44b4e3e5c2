/** What is said of where goods came from. */
import type { TerminalWord } from "@suyuan/look/terminal-words"
import type { PurchaseRow } from "../../src/store/rows"

type Say = (word: TerminalWord) => string

/** Of what is signed of a tile. */
export const ORIGIN_CHARACTERS_MAX = 64

export type Came = NonNullable<PurchaseRow["came"]>

/** `全部来自 张北蔬菜基地`: no more than the books make certain. */
export function originText({ origin: { kind, places, unknownHighPercent } }: Came, say: Say): string {
  const known = [say(`came-${kind}`), places.join("、")].filter((part) => part !== "").join(" ")
  return kind === "unknown" || unknownHighPercent === 0
    ? known
    : `${known} · ${say("cameUnknownUpTo")} ${unknownHighPercent}%`
}

/** The same as the stall says it of its goods on sale: nothing where nothing is known, or more than it may say. */
export function declaredOf(came: Came, say: Say): string {
  const { kind, places } = came.origin
  if (kind === "unknown") return ""
  const text = kind === "all-from" ? places.join("、") : originText(came, say)
  return text.length <= ORIGIN_CHARACTERS_MAX ? text : ""
}
