/** What the customer's screen says. */
export const displayWords = {
  demo: { zh: "演示环境，不是真的交易", en: "Demonstration: no real trade" },
  waitingForTerminal: { zh: "等待收银终端", en: "Waiting for the terminal" },
  welcome: { zh: "您好，请选购", en: "Welcome" },
  counting: { zh: "正在称货", en: "Counting" },
  scanToPay: { zh: "请用微信或支付宝扫码付款", en: "Scan with WeChat or Alipay to pay" },
  holdStill: { zh: "点一下码，停住不转", en: "Tap the code to hold it still" },
  letTurn: { zh: "已停住，点一下再转", en: "Held still: tap to let it turn" },
  paying: { zh: "正在确认付款", en: "Your payment is being confirmed" },
  readDigits: { zh: "摊位离线：付款后请报六位收款码", en: "The stall is offline: pay, then read out the six digits" },
  paid: { zh: "已付款，谢谢", en: "Paid. Thank you" },
  cash: { zh: "已收现金，谢谢", en: "Paid in cash. Thank you" },
  expired: { zh: "码已过期，请等摊主换新码", en: "This code is too old: wait for a fresh one" },
  closed: { zh: "这单已取消", en: "This sale was cancelled" },
  recalled: { zh: "货品召回：请不要付款，货也别拿走", en: "Recalled: do not pay, and do not take the goods" },
  recalledPaid: { zh: "已付款，但货品召回：请等摊主退款", en: "Paid, but recalled: the seller will refund you" },
  cancelledPaid: {
    zh: "取消前已付款：请等摊主退款或交货",
    en: "Paid before it was cancelled: the seller refunds you, or hands the goods over",
  },
  declaredOrigin: { zh: "摊主自述产地", en: "Origin by the seller's own word" },
  testedToday: { zh: "今日快检合格（抽样）", en: "A sample passed today's rapid test" },
  testFailed: { zh: "今日快检不合格（抽样）", en: "A sample failed today's rapid test" },
  away: { zh: "请看摊主的屏幕", en: "Please look at the seller's screen" },
  awayHint: { zh: "收银平板暂时没有连上", en: "The stall's tablet is out of reach for the moment" },
  pairTitle: { zh: "把这块屏设为顾客屏", en: "Make this the customer's screen" },
  pairHint: {
    zh: "在摊主的平板上打开“本机 → 连接另一块平板”，把那里的八位配对码输进来。",
    en: "On the stall's tablet open Terminal → Connect another tablet, and type its code here.",
  },
  pairCode: { zh: "八位配对码", en: "Pairing code" },
  pair: { zh: "配对", en: "Pair" },
  noAnswer: { zh: "没有连上网关，请检查网络再试", en: "The gateway did not answer; check the network" },
  originUnknown: { zh: "来源未知", en: "Origin unknown" },
} as const satisfies Record<string, { readonly zh: string; readonly en: string }>

export type DisplayWord = keyof typeof displayWords
