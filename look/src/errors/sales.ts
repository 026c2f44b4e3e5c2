export const saleErrors = {
  "pay-code/malformed": {
    status: 400,
    zh: "这不是收款溯源码，请重新扫描。",
    en: "This is not a pay code; scan again.",
  },
  "pay-code/insecure-url": {
    status: 400,
    zh: "这个码的网址不安全，请勿付款。",
    en: "This code's address is not secure; do not pay.",
  },
  "pay-code/unknown-version": {
    status: 400,
    zh: "这个码的版本太新，请更新后再试。",
    en: "This code is of a version unknown here.",
  },
  "pay-code/unknown-algorithm": {
    status: 400,
    zh: "这个码的签名方式未知。",
    en: "This code is signed in an unknown way.",
  },
  "pay-code/no-lines": { status: 400, zh: "这个码没有商品。", en: "This code has no goods in it." },
  "pay-code/wrong-length": { status: 400, zh: "这个码不完整，请重新扫描。", en: "This code is not whole; scan again." },
  "pay-code/malformed-line": { status: 400, zh: "这个码的商品有误。", en: "A line of this code is not in order." },
  "pay-code/amount-below-one-fen": { status: 400, zh: "金额低于一分钱。", en: "The amount is below one fen." },
  "pay-code/amount-above-lines": {
    status: 400,
    zh: "金额高于商品合计，请勿付款。",
    en: "The amount is above the sum of the goods; do not pay.",
  },
  "pay-code/lines-too-large": {
    status: 400,
    zh: "商品合计过大。",
    en: "The goods add up to more than a code can say.",
  },
  "pay-code/wrong-algorithm": {
    status: 403,
    zh: "这个码的签名与终端不符，请勿付款。",
    en: "The code is not signed the way its terminal signs; do not pay.",
  },
  "pay-code/bad-signature": {
    status: 403,
    zh: "这个码不是本摊终端出的，请勿付款。",
    en: "This code was not made by the stall's terminal; do not pay.",
  },
  "pay-code/lines-contradict-code": {
    status: 409,
    zh: "上传的商品与码上的不一致。",
    en: "The lines sent contradict the signed code.",
  },
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
  "sale/not-the-payer": { status: 403, zh: "只有付款人可以查看。", en: "Only the payer may see this." },
  "upload/malformed": { status: 400, zh: "上传内容有误。", en: "The upload is not in order." },
  "upload/bad-signature": { status: 403, zh: "上传内容的签名不对。", en: "The upload is not signed by this terminal." },
  "upload/wrong-terminal": {
    status: 403,
    zh: "上传内容属于另一台终端。",
    en: "The upload belongs to another terminal.",
  },
  "upload/unknown-kind": { status: 400, zh: "上传内容的种类未知。", en: "The upload is of an unknown kind." },
  "upload/other-bytes": {
    status: 409,
    zh: "同一编号已有另一份上传。",
    en: "This number already names another upload.",
  },
  "upload/failed": {
    status: 500,
    zh: "暂时无法保存，终端会自动重试。",
    en: "Could not be stored just now; the terminal tries again.",
  },
  "snapshot/malformed": { status: 400, zh: "在售清单有误。", en: "The stock snapshot is not in order." },
  "snapshot/bad-signature": {
    status: 403,
    zh: "在售清单的签名不对。",
    en: "The stock snapshot is not signed by this terminal.",
  },
} as const
