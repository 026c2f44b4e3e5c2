/** Word, shape and tone of a sale in the day's list. */
export const saleLooks = {
  waiting: { word: "notPaid", shape: "◔", tone: "waiting" },
  paying: { word: "payingNow", shape: "◔", tone: "waiting" },
  paid: { word: "paid", shape: "✓", tone: "good" },
  cash: { word: "cash", shape: "✓", tone: "good" },
  "handed-over": { word: "handedOver", shape: "✓", tone: "waiting" },
  cancelling: { word: "cancelling", shape: "◔", tone: "waiting" },
  "not-cancelled": { word: "notCancelledChip", shape: "?", tone: "bad" },
  closed: { word: "cancelled", shape: "✕", tone: "" },
  voided: { word: "voided", shape: "✕", tone: "" },
} as const
