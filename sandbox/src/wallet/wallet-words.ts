/** Words of the wallet's pages. */
export const walletWords = {
  zh: {
    "wechat-pay": "微信支付（演示）",
    alipay: "支付宝（演示）",
    wallet: "钱包（演示）",
    paste: "扫到的付款码（weixin://… 或 https://qr.alipay.com/…）",
    open: "打开",
    codes: "等待付款的码",
    noCodes: "现在没有等待付款的码。",
    payee: "收款商户",
    who: "由谁付款？",
    nobody: "还没有买家。请在市场一角新建一位。",
    pay: "付款",
    cancel: "取消",
    paid: "已付款",
    cancelled: "已取消",
    back: "返回商户页面",
    refused: "不能付款",
    reasons: {
      "prepay-unknown": "付款码无效或已过期。",
      "no-referer": "商家参数格式有误，请联系商家解决：请求没有来自商户页面（缺少 Referer）。",
      paid: "这笔订单已经付过款了。",
      closed: "这笔订单已关闭。",
      expired: "这笔订单已过期。",
      other: "这笔订单现在不能付款。",
    },
  },
  en: {
    "wechat-pay": "WeChat Pay (demo)",
    alipay: "Alipay (demo)",
    wallet: "Wallet (demo)",
    paste: "The scanned code (weixin://… or https://qr.alipay.com/…)",
    open: "Open",
    codes: "Codes that wait to be paid",
    noCodes: "No code waits to be paid now.",
    payee: "Payee",
    who: "Who pays?",
    nobody: "There is no buyer yet. Create one in the market corner.",
    pay: "Pay",
    cancel: "Cancel",
    paid: "Paid",
    cancelled: "Cancelled",
    back: "Back to the merchant's page",
    refused: "Cannot be paid",
    reasons: {
      "prepay-unknown": "The code is not valid, or no longer.",
      "no-referer":
        "The merchant's parameters are wrong: the request did not come from a merchant's page (no Referer).",
      paid: "This order has been paid already.",
      closed: "This order is closed.",
      expired: "This order has expired.",
      other: "This order cannot be paid now.",
    },
  },
} as const

export type WalletReason = keyof (typeof walletWords)["zh"]["reasons"]

export function isReason(reason: string): reason is WalletReason {
  return Object.hasOwn(walletWords.zh.reasons, reason)
}
