/** What a customer is told of a sale, in a word and a shape: on a screen of their own, or on the half that is turned to them. */
import type { DisplayWord } from "@suyuan/look/display-words"
import type { DisplayMessage, DisplayState } from "../../src/display/display-message"

export interface DisplayLook {
  readonly word: DisplayWord
  readonly shape: string
  readonly tone: "waiting" | "unknown" | "paid" | "refused" | ""
}

const looks: Readonly<Record<DisplayState, DisplayLook>> = {
  code: { word: "scanToPay", shape: "◔", tone: "waiting" },
  paying: { word: "paying", shape: "◔", tone: "waiting" },
  "offline-digits": { word: "readDigits", shape: "?", tone: "unknown" },
  paid: { word: "paid", shape: "✓", tone: "paid" },
  cash: { word: "cash", shape: "✓", tone: "paid" },
  expired: { word: "expired", shape: "?", tone: "unknown" },
  closed: { word: "closed", shape: "✕", tone: "refused" },
  basket: { word: "counting", shape: "", tone: "" },
  idle: { word: "welcome", shape: "", tone: "" },
}

/** The seller's screen says the same, with what the seller has to do. */
const recalledLooks: Readonly<Partial<Record<DisplayState, DisplayLook>>> = {
  closed: { word: "recalled", shape: "✕", tone: "refused" },
  paid: { word: "recalledPaid", shape: "✕", tone: "refused" },
}

/** @param isAway no word from the seller's tablet: a code that still stands here may be another customer's. */
export function lookOf({ state, recalled, cancelled }: DisplayMessage, isAway = false): DisplayLook {
  if (isAway) return { word: "away", shape: "?", tone: "unknown" }
  if (cancelled && !recalled && state === "paid") return { word: "cancelledPaid", shape: "?", tone: "unknown" }
  return (recalled ? recalledLooks[state] : undefined) ?? looks[state]
}
