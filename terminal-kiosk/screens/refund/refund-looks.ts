/** Word, shape and tone of a refund: unknown is no failure, and no success either. */
export const refundLooks = {
  asked: { word: "refundAsked", shape: "◔", tone: "waiting" },
  unknown: { word: "refundUnknown", shape: "?", tone: "waiting" },
  done: { word: "refundDone", shape: "✓", tone: "good" },
  refused: { word: "refundRefused", shape: "✕", tone: "bad" },
} as const
