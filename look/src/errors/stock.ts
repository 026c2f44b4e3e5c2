export const stockErrors = {
  "stock/unknown-commodity": {
    status: 400,
    zh: "品种目录里没有这个编号。",
    en: "The catalogue has no commodity of this code.",
  },
  "stock/name-waits": {
    status: 409,
    zh: "品种目录里没有这个名称，已转给管理员，确认后自动入账。",
    en: "The catalogue does not know this name; it waits for an operator, and the goods are entered then.",
  },
  "stock/only-bases-harvest": { status: 403, zh: "只有基地可以申报采收。", en: "Only a base declares a harvest." },
  "stock/certificate-above-lot": {
    status: 400,
    zh: "合格证的重量超过了批次的重量。",
    en: "The certificate covers more than the lot weighs.",
  },
  "stock/no-such-purchase": { status: 404, zh: "没有这笔进货。", en: "There is no such purchase of yours." },
  "stock/more-than-bought": {
    status: 400,
    zh: "收货不能多于进货；多出的请按外来货录入。",
    en: "More than was bought; enter the rest as goods from outside.",
  },
  "stock/sent-back-more-than-bought": {
    status: 400,
    zh: "退货不能多于进货。",
    en: "More is sent back than was bought.",
  },
  "stock/conclusion-contradicts-figure": {
    status: 400,
    zh: "检测结论与抑制率和限值不符。",
    en: "The conclusion contradicts the figure and its limit.",
  },
  "stock/tested-before-sampled": { status: 400, zh: "检测时间早于采样时间。", en: "Tested before it was sampled." },
} as const
