/** What the office's pages for stalls, tests and books have in common. */
type Words = { readonly zh: string; readonly en: string }

export const officePartWords = {
  show: { zh: "显示", en: "Show" },
  look: { zh: "查看", en: "Look" },
  allSites: { zh: "全部场所", en: "All sites" },
  noSite: { zh: "还没有您能查看的场所。", en: "There is no site that you may look at." },
  reason: { zh: "原因（会留在审计记录里）", en: "Reason (kept in the audit trail)" },
  effect: { zh: "执行后会发生什么", en: "What will happen" },
  confirm: { zh: "确认", en: "Yes:" },
  notNow: { zh: "先不做，返回", en: "Not now, go back" },
  goods: { zh: "品种", en: "Commodity" },
  allGoods: { zh: "全部品种", en: "All commodities" },
  day: { zh: "营业日", en: "Business day" },
  stall: { zh: "摊位", en: "Stall" },
  site: { zh: "场所", en: "Site" },
  since: { zh: "自", en: "Since" },
  csv: { zh: "下载表格（CSV）", en: "Download as a spreadsheet (CSV)" },
  seeAlso: { zh: "相关页面", en: "See also" },
  first: { zh: "回到第一页", en: "First page" },
} as const satisfies Record<string, Words>

export type OfficePartWord = keyof typeof officePartWords

/** One sale's trace, and what an alarm or a report leads to. */
export const officeTraceWords = {
  trace: { zh: "这笔销售的来源", en: "Where this sale came from" },
  lot: { zh: "批次", en: "Lot" },
  chosenLot: { zh: "摊主售出时指明的批次", en: "The lot that the seller named at the sale" },
  notInBooks: { zh: "账上这批货不在这里", en: "The books have none of it here" },
  where: { zh: "这一批还去了哪里", en: "Where else this lot went" },
  saleTrace: { zh: "销售 {sale} 的来源", en: "The trace of sale {sale}" },
  ofStall: { zh: "摊位 {stall}", en: "Stall {stall}" },
  balance: { zh: "当天的进销存", en: "Goods of that day" },
  tests: { zh: "这个场所当天的快检", en: "Rapid tests of that day at the site" },
  terminal: { zh: "终端 {terminal}", en: "Terminal {terminal}" },
  reconciliation: { zh: "每日对账", en: "Daily reconciliation" },
  statement: { zh: "商户当天的对账单", en: "The merchant's statement of that day" },
  statementOfMoney: { zh: "这笔钱所在的商户对账单", en: "The merchant's statement that has this money" },
  statementCsv: { zh: "对账单表格（CSV）", en: "The statement as a spreadsheet (CSV)" },
  held: { zh: "召回停售：{reason}", en: "Held for a recall: {reason}" },
  newRecall: { zh: "查看召回范围", en: "Look at the scope of a recall" },
  otherAlarms: { zh: "这个摊位的全部预警", en: "All alarms of this stall" },
  onlyStall: { zh: "只显示一个摊位的", en: "Of one stall only" },
  showAll: { zh: "显示全部摊位", en: "Show every stall" },
  noRecord: { zh: "还没有存证记录，来源稍后才有。", en: "It has no record yet, so its origin follows." },
} as const satisfies Record<string, Words>
