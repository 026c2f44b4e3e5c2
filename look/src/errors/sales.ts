export const saleErrors = {
  "sale/unknown": { status: 404, zh: "没有这笔交易。", en: "There is no such sale." },
  "sale/other-bytes": {
    status: 409,
    zh: "同一编号已有另一笔交易，请让摊主重新出码。",
    en: "This number already names another sale; ask for a new code.",
  },
  "sale/too-old": {
    status: 410,
    zh: "这个码已过期，请让摊主重新出码。",
    en: "This code has expired; ask the stall for a new one.",
  },
  "sale/too-early": {
    status: 409,
    zh: "摊位时钟不准，请让摊主重新出码。",
    en: "The stall's clock is ahead; ask for a new code.",
  },
  "sale/offline-sale-limit": {
    status: 409,
    zh: "摊位离线，金额超过离线上限。",
    en: "The stall is offline and the amount is above what it may take offline.",
  },
  "sale/offline-day-limit": {
    status: 409,
    zh: "摊位离线，今日离线收款已达上限。",
    en: "The stall is offline and has reached today's offline limit.",
  },
  "sale/entered-time": {
    status: 422,
    zh: "补录的时间只能是七天以内、不晚于登记的时候，并且只用于现金。",
    en: "A sale that is entered by hand was taken in cash, at most seven days before and not after it is entered.",
  },
  "sale/recalled": {
    status: 409,
    zh: "这单里有正在召回的货，不能付款，请把货还给摊主。",
    en: "Some of these goods are being recalled: they cannot be paid for. Please give them back to the stall.",
  },
  "sale/already-paid": { status: 409, zh: "这笔已经付过了。", en: "This sale has been paid already." },
  "sale/closed": {
    status: 410,
    zh: "这笔已取消，请让摊主重新出码。",
    en: "This sale was cancelled; ask the stall for a new code.",
  },
  "sale/not-recorded": { status: 409, zh: "这笔还没有成为交易记录。", en: "This sale is not a trade record yet." },
  "sale/refund-instead": {
    status: 409,
    zh: "这笔由平台收款，请用退款。",
    en: "A platform took this money; refund it instead.",
  },
} as const
