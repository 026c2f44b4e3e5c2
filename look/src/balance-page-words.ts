/** The office's page of what came, left and stayed, and how much of it is covered by tests. */
type Words = { readonly zh: string; readonly en: string }

export const balancePageWords = {
  balance: { zh: "进销存", en: "Goods of the day" },
  nothing: { zh: "这一天没有货品往来。", en: "No goods moved on that day." },
  in: { zh: "流入", en: "In" },
  out: { zh: "流出", en: "Out" },
  identity: {
    zh: "期初 + 流入 − 流出 = 期末，精确到克。单位：公斤。",
    en: "Opening + in − out = closing, to the gram. In kilograms.",
  },
  goesOn: { zh: "这个营业日还没有结束，数字还会变。", en: "This business day is not over: the figures will change." },
  alarms: { zh: "预警", en: "Alarms" },
  noAlarms: { zh: "无", en: "none" },
  alarmsOf: { zh: "{stall} 的预警：{count}", en: "Alarms of {stall}: {count}" },
  coverage: {
    zh: "卖出的货有多少被检测、合格证覆盖",
    en: "How much of what was sold is covered by tests and certificates",
  },
  coverageMeans: {
    zh: "至少—最多，按所卖货品可能来自的批次计算；以没有账外进货为前提。",
    en: "At least to at most, by the lots that it may be of; if nothing was bought off the books.",
  },
  sold: { zh: "卖出", en: "Sold" },
  tested: { zh: "快检合格", en: "Test passed" },
  failed: { zh: "快检不合格", en: "Test failed" },
  certified: { zh: "有合格证", en: "Certified" },
  total: { zh: "合计", en: "Total" },
  noSales: { zh: "这一天没有卖出。", en: "Nothing was sold on that day." },
  tooWide: { zh: "货堆太多，请选一个品种再看覆盖率。", en: "Too many piles: choose a commodity to see the coverage." },
  tests: { zh: "这一天的快检", en: "Tests of that day" },
  shortfall: { zh: "卖多于有", en: "sold beyond the book" },
} as const satisfies Record<string, Words>
