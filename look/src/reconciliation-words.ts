/** What operators read when a platform's bill is held against the books, and merchants on their daily statement. */
type Words = { readonly zh: string; readonly en: string }

export const wayWords = {
  "wechat-pay": { zh: "微信支付", en: "WeChat Pay" },
  alipay: { zh: "支付宝", en: "Alipay" },
  cash: { zh: "现金", en: "Cash" },
} as const satisfies Record<string, Words>

export const differenceWords = {
  "missing-here": { zh: "账单有，本账无", en: "In the bill, not in our books" },
  "missing-there": { zh: "本账有，账单无", en: "In our books, not in the bill" },
  "amount-differs": { zh: "金额不符", en: "Amounts differ" },
  "state-differs": { zh: "状态不符", en: "States differ" },
} as const satisfies Record<string, Words>

/**
 * What a repair does, whole: `{platform}`, `{number}` and `{amount}` (¥, two decimals) are filled in. Said before it is
 * done, and nothing else is done.
 */
export const repairWords = {
  "settle-sale": {
    zh: "向{platform}查询订单 {number}。平台若确认已收 {amount}，这笔付款记入账本，销售变为已付款。",
    en: "Asks {platform} about order {number}. If it confirms {amount} as paid, the payment enters the books and the sale is paid.",
  },
  "second-payment": {
    zh: "向{platform}查询订单 {number}。平台若确认已收 {amount}，这笔付款记入账本；这笔销售已付过款，{amount} 随即全额退回付款人。",
    en: "Asks {platform} about order {number}. If it confirms {amount} as paid, the payment enters the books; the sale was paid before, so {amount} goes back to the payer at once.",
  },
  "after-close": {
    zh: "向{platform}查询订单 {number}。平台若确认已收 {amount}，这笔付款记入账本；这笔销售已关闭，{amount} 随即全额退回付款人。",
    en: "Asks {platform} about order {number}. If it confirms {amount} as paid, the payment enters the books; the sale is closed, so {amount} goes back to the payer at once.",
  },
  "wrong-amount": {
    zh: "向{platform}查询订单 {number}。平台若确认已收 {amount}，这笔付款记入账本；金额与销售不符，{amount} 随即全额退回付款人。",
    en: "Asks {platform} about order {number}. If it confirms {amount} as paid, the payment enters the books; it is not what the sale asks for, so {amount} goes back to the payer at once.",
  },
  "keep-payment": {
    zh: "向{platform}查询订单 {number}。平台若确认已收 {amount}，账本保持不变，这条差异了结。",
    en: "Asks {platform} about order {number}. If it confirms {amount} as paid, the books stay as they are and the item is done.",
  },
  "keep-refund": {
    zh: "向{platform}查询退款 {number}。平台若确认已退 {amount}，账本保持不变，这条差异了结。",
    en: "Asks {platform} about refund {number}. If it confirms {amount} as given back, the books stay as they are and the item is done.",
  },
  "book-refund": {
    zh: "向{platform}查询退款 {number}。平台若确认已退，{amount} 的退款记入账本。",
    en: "Asks {platform} about refund {number}. If it confirms it, {amount} enters the books as given back.",
  },
  "send-refund-again": {
    zh: "向{platform}查询退款 {number}。平台若没有这笔退款，用同一退款单号再次申请退 {amount}（同一单号只会退一次）；账本保持不变。",
    en: "Asks {platform} about refund {number}. If it has none, {amount} is asked for again under the same number, which is given back once only; the books stay as they are.",
  },
  "hand-over": {
    zh: "不动任何资金，也不改账本：这条差异记为已转人工，并写入告警。",
    en: "Moves no money and changes no book: the item is marked as handed to a person, and an alarm is raised.",
  },
} as const satisfies Record<string, Words>

export type RepairEffect = keyof typeof repairWords

export const itemStateWords = {
  open: { zh: "待处理", en: "Open" },
  repaired: { zh: "已修复", en: "Repaired" },
  alarmed: { zh: "已转人工", en: "With a person" },
} as const satisfies Record<string, Words>

export const readingWords = {
  reconciled: { zh: "已对账", en: "Reconciled" },
  "not-ready": { zh: "账单未出，稍后自动再取", en: "No bill yet; asked again by itself" },
  unknown: { zh: "没有取到可信的账单，稍后自动再取", en: "No bill that can be trusted; asked again by itself" },
  "too-large": { zh: "账单过大，需要人工", en: "The bill is too large; a person must look" },
} as const satisfies Record<string, Words>

/** States of payments and refunds, in books and bills. */
export const moneyStateWords = {
  prepared: { zh: "待发送", en: "prepared" },
  sent: { zh: "已发送", en: "sent" },
  unknown: { zh: "结果未知", en: "unknown" },
  open: { zh: "进行中", en: "open" },
  processing: { zh: "处理中", en: "processing" },
  succeeded: { zh: "成功", en: "succeeded" },
  failed: { zh: "失败", en: "failed" },
  closed: { zh: "已关闭", en: "closed" },
} as const satisfies Record<string, Words>

export const officeWords = {
  reconciliations: { zh: "每日对账", en: "Daily reconciliation" },
  signIn: { zh: "登录", en: "Sign in" },
  signOut: { zh: "退出", en: "Sign out" },
  token: { zh: "访问令牌", en: "Access token" },
  tokenHint: { zh: "令牌只保存在这个浏览器里，八小时后失效。", en: "The token stays in this browser for eight hours." },
  tokenRefused: { zh: "这个令牌无效或已过期。", en: "This token is not valid, or no longer." },
  otherLanguage: { zh: "English", en: "中文" },
  platform: { zh: "平台", en: "Platform" },
  day: { zh: "日期（中国）", en: "Day (China)" },
  run: { zh: "现在对账", en: "Reconcile now" },
  state: { zh: "状态", en: "State" },
  askedAt: { zh: "最近一次取账单", en: "Bill last asked for" },
  tries: { zh: "次数", en: "Tries" },
  matched: { zh: "相符", en: "Matched" },
  differences: { zh: "差异", en: "Differences" },
  openItems: { zh: "待处理", en: "Open" },
  paid: { zh: "账单收款", en: "Paid, by the bill" },
  givenBack: { zh: "账单退款", en: "Refunded, by the bill" },
  fees: { zh: "手续费", en: "Fees" },
  all: { zh: "全部", en: "All" },
  nothing: { zh: "没有差异", en: "No differences" },
  noDays: { zh: "还没有对过账", en: "Nothing reconciled yet" },
  payment: { zh: "付款", en: "Payment" },
  refund: { zh: "退款", en: "Refund" },
  books: { zh: "本账", en: "Our books" },
  booksNow: { zh: "本账现在", en: "Our books now" },
  bill: { zh: "账单", en: "The bill" },
  nowhere: { zh: "没有", en: "nothing" },
  account: { zh: "收款账户", en: "Payee account" },
  look: { zh: "查看并处理", en: "Look and repair" },
  effect: { zh: "执行后会发生什么", en: "What will happen" },
  otherwise: {
    zh: "平台不确认：不改账本，转人工。平台没有应答：保持待处理，可再试。",
    en: "If the platform does not confirm: the books stay, and it goes to a person. If it does not answer: the item stays open, to be tried again.",
  },
  confirm: { zh: "确认执行", en: "Do it" },
  lookOnly: { zh: "您只能查看。", en: "You may look only." },
  stillOpen: { zh: "平台没有给出结果，仍待处理。", en: "The platform gave no result: still open." },
  doneBy: { zh: "处理人", en: "By" },
  back: { zh: "返回", en: "Back" },
  more: { zh: "下一页", en: "Next page" },
  statement: { zh: "每日对账单", en: "Daily statement" },
  site: { zh: "场所", en: "Site" },
  stall: { zh: "摊位", en: "Stall" },
  merchant: { zh: "商户", en: "Merchant" },
  businessDay: { zh: "营业日", en: "Business day" },
  from: { zh: "从", en: "from" },
  to: { zh: "至", en: "to" },
  way: { zh: "方式", en: "By" },
  count: { zh: "笔数", en: "Payments" },
  received: { zh: "收款", en: "Received" },
  refunds: { zh: "退款笔数", en: "Refunds" },
  refunded: { zh: "退款", en: "Refunded" },
  net: { zh: "净额", en: "Net" },
  total: { zh: "合计", en: "Total" },
  notKnownYet: { zh: "尚未知", en: "not known yet" },
  feesFollow: {
    zh: "手续费以平台账单为准，对账后显示。",
    en: "Fees are the platform's own, from its bill; they follow when it is reconciled.",
  },
  notOver: { zh: "这个营业日还没有结束，数字还会变。", en: "This business day is not over: the figures will change." },
  dayOfBooks: {
    zh: "按入账时间计入营业日；退款计入退出的那一天。",
    en: "Money counts on the business day when it entered the books, a refund on the day when it was given back.",
  },
  demo: { zh: "演示环境，不是真的交易", en: "Demonstration: no real trade" },
} as const satisfies Record<string, Words>

export type OfficeWord = keyof typeof officeWords
