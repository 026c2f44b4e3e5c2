/** What the books find wrong, for those who must look at it: what happened, and what to do. */
type Words = { readonly zh: string; readonly en: string }

/** Title, the sentence with its figures filled in, and what to do now. */
export const alarmWords = {
  "unknown-share": {
    title: { zh: "来源不明的货过多", en: "Too much of unknown origin" },
    said: {
      zh: "{goods}：这一天经手 {handledGrams}，其中 {unknownGrams} 来源不明，占 {sharePermille}，容许 {tolerancePermille}。",
      en: "{goods}: of {handledGrams} handled that day {unknownGrams} are of unknown origin, {sharePermille}; {tolerancePermille} are tolerated.",
    },
    todo: {
      zh: "请摊主出示进货凭证，补录进货；查不清来源的，按来源不明处理。",
      en: "Ask the stall for its purchase papers and have them entered; what stays unknown is to be treated as such.",
    },
  },
  "sold-above-bought": {
    title: { zh: "卖的比有的多", en: "More sold than was there" },
    said: {
      zh: "{goods}：账上只有 {hadGrams}，却卖出 {soldGrams}，多出 {shortfallGrams}（容许 {toleranceGrams}）。",
      en: "{goods}: the book had {hadGrams} and {soldGrams} were sold, {shortfallGrams} more than was there ({toleranceGrams} are tolerated).",
    },
    todo: {
      zh: "多出的货是没有记账的进货。请查明从哪里来，并补录。",
      en: "The difference came in without a record. Find out from where, and have it entered.",
    },
  },
  "impossible-speed": {
    title: { zh: "货到得太快", en: "Goods arrived too soon" },
    said: {
      zh: "{goods} {grams}：{distanceKm} 公里外发出，{minutes} 分钟后就收货，合每小时 {kmPerHour} 公里，上限 {limitKmPerHour} 公里。",
      en: "{goods} {grams}: left {distanceKm} km away and accepted {minutes} minutes later, {kmPerHour} km/h; the limit is {limitKmPerHour} km/h.",
    },
    todo: {
      zh: "可能没有到货就点了收货，或货不是这一批。请看当时的货和称重。",
      en: "Accepted before it arrived, perhaps, or it is another load. Look at the goods and how they were weighed.",
    },
  },
  "own-wallet": {
    title: { zh: "自己买自己的货", en: "A stall that pays itself" },
    said: {
      zh: "摊位自己绑定的钱包在本摊付款 {payments} 笔，共 {amountFen}。",
      en: "Wallets bound to the stall paid at the stall itself: {payments} payments, {amountFen} in all.",
    },
    todo: {
      zh: "这些交易不计入进货。请问明原因：试码、自用，还是刷单。",
      en: "They count as no purchase. Ask why: a test, own use, or made-up trade.",
    },
  },
  "round-amounts": {
    title: { zh: "整元金额过多", en: "Too many round amounts" },
    said: {
      zh: "称重销售 {sales} 笔，其中 {roundSales} 笔正好是整元；按本场所通常情况约占 {expectedPermille}，偶然出现这么多的可能不到 10 的 −{chanceExponent} 次方。",
      en: "Of {sales} weighed sales {roundSales} came to whole yuan; about {expectedPermille} are usual here, and chance gives as many less often than 10 to the −{chanceExponent}.",
    },
    todo: {
      zh: "可能没有真的过秤。请当场复称几笔。",
      en: "Perhaps nothing was weighed. Weigh a few sales again on the spot.",
    },
  },
  "terminal-copied": {
    title: { zh: "一台终端，两处在卖", en: "One terminal sells at two places" },
    said: {
      zh: "终端 {terminal} 用同一个编号签了两份不同的内容，共 {conflicts} 次。",
      en: "Terminal {terminal} signed two contents under one number, {conflicts} times.",
    },
    todo: {
      zh: "先停用这台终端，再查密钥是否被复制，必要时换机重新登记。",
      en: "Suspend the terminal, find out whether its key was copied, and enrol another if it was.",
    },
  },
  "registry-differs": {
    title: { zh: "链上登记的终端不是这一台", en: "The chain's registry holds another terminal" },
    said: {
      zh: "终端 {terminal} 由机构 {enrolledOrganisation} 在本系统登记，链上同一编号由机构 {registeredOrganisation} 登记，密钥或机构不一致。",
      en: "Terminal {terminal} was enrolled here for organisation {enrolledOrganisation}; under its id the chain holds a key or an organisation of another, entered by organisation {registeredOrganisation}.",
    },
    todo: {
      zh: "这台终端的销售无法通过买家核验。请停用并换机重新登记，同时向联盟查明是谁登记的。",
      en: "Buyers cannot verify its sales. Suspend it, enrol another, and ask the consortium who entered this one.",
    },
  },
  "sealing-key": {
    title: { zh: "链上的封装公钥与录入的不同", en: "The chain holds another sealing key" },
    said: {
      zh: "机构 {organisation} 在链上登记的封装公钥与本系统录入的不同，或不能用来封装。",
      en: "The sealing key that organisation {organisation} has on the chain is not the one entered here, or is none that keys can be wrapped to.",
    },
    todo: {
      zh: "系统只按链上的公钥封装；公钥不能用时，该机构读不到新记录。请向该机构核实是否是它自己更换的。",
      en: "Records are sealed to the chain's key alone, and where that is none the organisation reads no new ones. Ask it whether it changed the key itself.",
    },
  },
  "upload-given-up": {
    title: { zh: "终端的记录等不到所指的交易", en: "A terminal's entry names what never came" },
    said: {
      zh: "终端 {terminal} 有 {uploads} 条记录所指的销售或进货三天内没有到，已拒收，没有入账。",
      en: "{uploads} entries of terminal {terminal} name a sale or a purchase that did not come in three days: they were refused, and are in no book.",
    },
    todo: {
      zh: "终端上仍能看到被拒的记录。请与摊主核对：该笔销售是否被拒收或丢失，需要时改用退款、报损或盘点更正。",
      en: "The terminal still shows them. Find out with the seller whether that sale was refused or lost, and put it right by a refund, by waste or by a count.",
    },
  },
  payment: {
    title: { zh: "资金需要人工处理", en: "Money needs a person" },
    said: { zh: "单号 {number}：{reason}。", en: "Number {number}: {reason}." },
    todo: { zh: "请在对账页查看并处理。", en: "Look at it on the pages of reconciliation." },
  },
  "stray-rows": {
    title: { zh: "数据落在分区之外", en: "Rows outside of their partitions" },
    said: {
      zh: "表 {table} 有 {rows} 行的日期是 {rowsDay}，没有对应的分区。",
      en: "Table {table} has {rows} rows dated {rowsDay}, which no partition holds.",
    },
    todo: {
      zh: "系统会自动归位；日期明显不对的，请查终端或导入的时钟。",
      en: "They are moved by themselves; where the date makes no sense, look at the clock that wrote it.",
    },
  },
} as const satisfies Record<string, { readonly title: Words; readonly said: Words; readonly todo: Words }>

export const alarmStateWords = {
  new: { zh: "未查看", en: "New" },
  "looked-at": { zh: "已查看", en: "Looked at" },
  explained: { zh: "已解释", en: "Explained" },
  confirmed: { zh: "已确认", en: "Confirmed" },
} as const satisfies Record<string, Words>

export const moneyReasonWords = {
  "payments/wrong-amount": { zh: "付款金额与销售不符", en: "paid another amount than the sale asks for" },
  "payments/second-transaction": { zh: "同一订单有两笔平台交易", en: "two transactions of one order" },
  "payments/wrong-payee": { zh: "收款账户不符", en: "paid to another account" },
  "payments/platform-refused": { zh: "平台拒绝了这笔付款", en: "refused by the platform" },
  "payments/refund-failed": { zh: "退款失败", en: "a refund failed" },
  "payments/refund-refused": { zh: "平台拒绝退款，系统会继续重试", en: "a refund is refused and tried again" },
  "payments/refunded-too-much": { zh: "退款多于已付", en: "more went back than was paid" },
  "payments/refund-not-recorded": { zh: "退款没有写入记录", en: "a refund got no record" },
  "reconciliation/bill-missing": { zh: "平台账单缺失", en: "a platform's bill is missing" },
  "payments/trade-not-completed": { zh: "已付款的交易没有完成", en: "a paid trade was not completed" },
} as const satisfies Record<string, Words>

export const alarmPageWords = {
  alarms: { zh: "预警", en: "Alarms" },
  nothing: { zh: "没有预警", en: "No alarms" },
  evidence: { zh: "依据", en: "Evidence" },
  decide: { zh: "怎么处理", en: "What becomes of it" },
  look: { zh: "查看", en: "Look" },
  lookedAt: { zh: "我已查看", en: "I have looked at it" },
  explain: { zh: "有合理解释", en: "It is explained" },
  confirm: { zh: "确认属实", en: "It is confirmed" },
  resumeRefund: { zh: "重试退款", en: "Try the refund again" },
  resumeEffect: {
    zh: "同一笔退款会再向平台查询；平台没有这笔退款时才会重新发出。",
    en: "The platform is asked about the same refund again; it is sent only where the platform has none.",
  },
  resumeReason: { zh: "为什么现在可以退（不要写买家的姓名）", en: "Why it may go now (no names of buyers)" },
  note: { zh: "说明（不要写买家的姓名）", en: "Note (no names of buyers)" },
  right: { zh: "后来的记录已使它不再成立。", en: "Later records have put it right." },
  again: { zh: "解释之后又有了新的依据。", en: "There is new evidence since it was explained." },
  noSite: { zh: "全系统", en: "whole system" },
  decided: { zh: "处理于", en: "Decided" },
  raised: { zh: "发现于", en: "Raised" },
  changed: { zh: "依据更新于", en: "Evidence as of" },
  atOnce: { zh: "无限", en: "boundless" },
} as const satisfies Record<string, Words>

/** Names of the figures that an alarm is shown with. */
export const evidenceWords = {
  outsideGrams: { zh: "录入的外来货", en: "Entered from outside" },
  shortfallGrams: { zh: "卖多于有", en: "Sold beyond the book" },
  surplusGrams: { zh: "盘盈", en: "Surplus at count" },
  handledGrams: { zh: "经手", en: "Handled" },
  sharePermille: { zh: "占比", en: "Share" },
  tolerancePermille: { zh: "容许占比", en: "Tolerated share" },
  soldGrams: { zh: "卖出", en: "Sold" },
  hadGrams: { zh: "账上有", en: "In the book" },
  toleranceGrams: { zh: "容许", en: "Tolerated" },
  grams: { zh: "重量", en: "Weight" },
  leftAt: { zh: "发出", en: "Left" },
  arrivedAt: { zh: "收货", en: "Accepted" },
  distanceKm: { zh: "直线距离（公里）", en: "Distance (km)" },
  minutes: { zh: "用时（分钟）", en: "Minutes" },
  kmPerHour: { zh: "时速（公里）", en: "km/h" },
  limitKmPerHour: { zh: "时速上限", en: "Limit, km/h" },
  payments: { zh: "笔数", en: "Payments" },
  amountFen: { zh: "金额", en: "Amount" },
  wallets: { zh: "钱包数", en: "Wallets" },
  paymentsMin: { zh: "起报笔数", en: "Raised from" },
  sales: { zh: "销售", en: "Sales" },
  roundSales: { zh: "整元笔数", en: "Round ones" },
  expectedPermille: { zh: "通常占比", en: "Usual share" },
  chanceExponent: { zh: "偶然的可能：10 的负次方", en: "Chance: 10 to the minus" },
  roundFen: { zh: "整数单位", en: "Round to" },
  terminal: { zh: "终端", en: "Terminal" },
  enrolledKey: { zh: "本系统登记的公钥", en: "Key enrolled here" },
  enrolledOrganisation: { zh: "本系统登记的机构", en: "Organisation here" },
  registeredKey: { zh: "链上登记的公钥", en: "Key on the chain" },
  registeredOrganisation: { zh: "链上登记的机构", en: "Organisation on the chain" },
  uploads: { zh: "记录数", en: "Entries" },
  givenUp: { zh: "拒收的记录", en: "Refused entries" },
  organisation: { zh: "机构", en: "Organisation" },
  enteredSealingKey: { zh: "本系统录入的封装公钥", en: "Sealing key entered here" },
  registeredSealingKey: { zh: "链上登记的封装公钥", en: "Sealing key on the chain" },
  conflicts: { zh: "冲突", en: "Conflicts" },
  named: { zh: "编号", en: "Numbers" },
  reason: { zh: "原因", en: "Reason" },
  number: { zh: "单号", en: "Number" },
  table: { zh: "表", en: "Table" },
  rowsDay: { zh: "日期", en: "Date" },
  rows: { zh: "行数", en: "Rows" },
} as const satisfies Record<string, Words>
