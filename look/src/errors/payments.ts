export const paymentErrors = {
  "payment/sale-unknown": {
    status: 404,
    zh: "没有找到这笔交易，请重新扫码。",
    en: "This sale is not known; scan the code again.",
  },
  "payment/sale-paid": { status: 409, zh: "这笔交易已经付过款了。", en: "This sale has been paid already." },
  "payment/sale-closed": {
    status: 409,
    zh: "这笔交易已经关闭，请让摊主重新出码。",
    en: "This sale is closed; ask the seller for a new code.",
  },
  "payment/expired": {
    status: 409,
    zh: "付款时间已过，请让摊主重新出码。",
    en: "The time to pay is over; ask the seller for a new code.",
  },
  "payment/no-payee": {
    status: 409,
    zh: "这个摊位还没有开通这种付款方式，请换一种方式或付现金。",
    en: "This stall does not take this way of paying yet; use another one, or cash.",
  },
  "payment/too-many-attempts": {
    status: 429,
    zh: "这笔交易的付款次数太多，请让摊主重新出码。",
    en: "Too many tries to pay this sale; ask the seller for a new code.",
  },
  "payment/platform-refused": {
    status: 409,
    zh: "支付平台没有接受这笔付款，请换一种方式或付现金。",
    en: "The payment platform did not accept this payment; use another way, or cash.",
  },
  "payment/address-unknown": {
    status: 409,
    zh: "网关看不到您的网络地址，请用微信或支付宝扫码付款。",
    en: "The gateway cannot see your network address; scan the code with WeChat or Alipay to pay.",
  },
  "payment/other-wallet": {
    status: 409,
    zh: "请用您登录的钱包付款。",
    en: "Pay with the wallet that you logged in with.",
  },
  "refund/sale-unknown": { status: 404, zh: "没有找到要退款的交易。", en: "The sale to refund is not known." },
  "refund/unknown": { status: 404, zh: "没有找到这笔退款。", en: "This refund is not known." },
  "refund/not-resumable": {
    status: 409,
    zh: "这笔退款不需要重试：已退成功，或可由摊主重新发起。",
    en: "This refund is not to be tried again: it succeeded, or the seller may ask for it anew.",
  },
  "refund/not-paid": { status: 409, zh: "这笔交易没有收款，无款可退。", en: "This sale has not been paid." },
  "refund/amount-below-one-fen": {
    status: 400,
    zh: "退款金额至少为一分。",
    en: "A refund is of at least one fen.",
  },
  "refund/amount-above-paid": {
    status: 409,
    zh: "退款金额超过了可退的余额。",
    en: "The refund is more than what is left of the payment.",
  },
  "refund/lines-malformed": {
    status: 400,
    zh: "退货明细与这笔交易不符。",
    en: "The returned lines do not fit this sale.",
  },
  "refund/id-reused": {
    status: 409,
    zh: "同一退款编号对应了不同的内容。",
    en: "This refund id was used with other content.",
  },
  "refund/too-many-parts": {
    status: 409,
    zh: "这笔付款的退款次数已达上限。",
    en: "This payment has been refunded as often as its platform allows.",
  },
} as const
