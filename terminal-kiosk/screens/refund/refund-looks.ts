import type { TerminalWord } from "@suyuan/look/terminal-words"
import type { RefundRow } from "../../src/store/rows"

/** Word, shape and tone of a refund: unknown is no failure, and no success either. */
export const refundLooks = {
  asked: { word: "refundAsked", shape: "◔", tone: "waiting" },
  unknown: { word: "refundUnknown", shape: "?", tone: "waiting" },
  done: { word: "refundDone", shape: "✓", tone: "good" },
  refused: { word: "refundRefused", shape: "✕", tone: "bad" },
} as const

/** What became of the goods. */
export const refundGoodsWords = {
  "money-only": "goodsKept",
  "not-handed-over": "goodsNotHandedOver",
  returned: "goodsReturned",
  discarded: "goodsDiscarded",
} as const satisfies Record<RefundRow["goods"], TerminalWord>
