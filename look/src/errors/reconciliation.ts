export const reconciliationErrors = {
  "reconciliation/unknown": {
    status: 404,
    zh: "这个平台这一天还没有对过账。",
    en: "That day of that platform has not been reconciled yet.",
  },
  "reconciliation/item-unknown": {
    status: 404,
    zh: "没有找到这条对账差异。",
    en: "This difference of a reconciliation is not known.",
  },
  "reconciliation/item-changed": {
    status: 409,
    zh: "这条差异在您查看之后有了变化，请重新查看再决定。",
    en: "This difference changed since it was shown to you; look again before you decide.",
  },
  "reconciliation/day-not-over": {
    status: 409,
    zh: "这一天还没有过完，账单尚未开始生成。",
    en: "That day is not over yet: there is no bill of it.",
  },
  "reconciliation/bill-too-large": {
    status: 409,
    zh: "平台的账单超过了可读取的大小，需要人工处理。",
    en: "The platform's bill is larger than this gateway reads; a person must look.",
  },
  "statement/day-not-begun": {
    status: 409,
    zh: "这个营业日还没有开始。",
    en: "This business day has not begun yet.",
  },
} as const
