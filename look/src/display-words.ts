/** What the customer's screen says. */
export const displayWords = {
  demo: { zh: "演示环境，不是真的交易", en: "Demonstration: no real trade" },
  waitingForTerminal: { zh: "等待收银终端", en: "Waiting for the terminal" },
  welcome: { zh: "您好，请选购", en: "Welcome" },
  counting: { zh: "正在称货", en: "Counting" },
  scanToPay: { zh: "请用微信或支付宝扫码付款", en: "Scan with WeChat or Alipay to pay" },
  paying: { zh: "正在确认付款", en: "Your payment is being confirmed" },
  readDigits: { zh: "摊位离线：付款后请报六位收款码", en: "The stall is offline: pay, then read out the six digits" },
  paid: { zh: "已付款，谢谢", en: "Paid. Thank you" },
  cash: { zh: "已收现金，谢谢", en: "Paid in cash. Thank you" },
  closed: { zh: "这单已取消", en: "This sale was cancelled" },
  declaredOrigin: { zh: "产地", en: "From" },
  originUnknown: { zh: "来源未知", en: "Origin unknown" },
} as const satisfies Record<string, { readonly zh: string; readonly en: string }>
