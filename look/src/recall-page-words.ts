/** What the office's pages say of recalls: what is known, how sure it is, and what each step does. */
type Words = { readonly zh: string; readonly en: string }

export const recallStateWords = {
  draft: { zh: "待批准", en: "To be approved" },
  approved: { zh: "已批准，未生效", en: "Approved, not in force" },
  active: { zh: "生效中", en: "In force" },
  closed: { zh: "已结束", en: "Closed" },
  withdrawn: { zh: "已撤回", en: "Withdrawn" },
} as const satisfies Record<string, Words>

export const recallActionWords = {
  drafted: { zh: "提议", en: "Proposed" },
  approved: { zh: "批准", en: "Approved" },
  activated: { zh: "生效", en: "Put in force" },
  extended: { zh: "扩大", en: "Extended" },
  closed: { zh: "结束", en: "Closed" },
  withdrawn: { zh: "撤回", en: "Withdrawn" },
} as const satisfies Record<string, Words>

/** Each step's button, and its whole effect; `{stalls}` and `{sales}` are filled in. */
export const recallStepWords = {
  approve: {
    name: { zh: "批准", en: "Approve" },
    effect: {
      zh: "按您看到的货品和摊位批准，范围按此刻记下：{stalls} 个摊位、{sales} 笔销售。还不会通知任何人，也不停售；要再按“生效”。",
      en: "Approves the goods and stalls that you saw; the scope is kept as it is now: {stalls} stalls, {sales} sales. Nobody is told and nothing is held yet: that is the step “Put in force”.",
    },
  },
  activate: {
    name: { zh: "生效", en: "Put in force" },
    effect: {
      zh: "{stalls} 个摊位立即不得出售可能涉及的货品，{sales} 笔销售的买家会收到消息。消息发出后收不回。终端没开的摊位，请派人去。",
      en: "{stalls} stalls may no longer sell what may be of it, and the buyers of {sales} sales are told. What was sent cannot be called back. Send somebody to stalls whose terminal is off.",
    },
  },
  extend: {
    name: { zh: "现在扩大", en: "Extend now" },
    effect: {
      zh: "把之后才报上来的摊位和销售也算进来：新的摊位停售，新的买家收到消息。不做也会每两分钟自动扩大。",
      en: "Takes in the stalls and sales that were told of since: new stalls hold, new buyers are told. It also happens by itself every two minutes.",
    },
  },
  close: {
    name: { zh: "结束召回", en: "Close" },
    effect: {
      zh: "货已处理完：摊位可以重新出售；还没通知到的买家仍会被通知。结束后不能再打开。",
      en: "The goods are dealt with: stalls may sell again; buyers who were not told yet are told all the same. It cannot be opened again.",
    },
  },
  withdraw: {
    name: { zh: "撤回", en: "Withdraw" },
    effect: {
      zh: "这次召回不该有：停售解除，还没通知到的买家不再通知。已经看到的人收不回。撤回后不能恢复。",
      en: "It should not have been: holds are lifted and nobody else is told. Who has read it has read it. It cannot be undone.",
    },
  },
} as const satisfies Record<string, { name: Words; effect: Words }>

export type RecallStepName = keyof typeof recallStepWords

export const recallPageWords = {
  recalls: { zh: "召回", en: "Recalls" },
  nothing: { zh: "还没有召回。", en: "There is no recall." },
  drill: { zh: "演练", en: "DRILL" },
  drillMeans: {
    zh: "这是演练：不停售任何货品，不通知任何买家，只计时。",
    en: "This is a drill: nothing is held, no buyer is told; it is timed.",
  },
  goods: { zh: "货品", en: "Goods" },
  stalls: { zh: "摊位", en: "Stalls" },
  sales: { zh: "销售", en: "Sales" },
  since: { zh: "开始", en: "Since" },
  notYet: { zh: "批准后才记下", en: "kept once approved" },
  look: { zh: "查看", en: "Look" },
  reason: { zh: "原因（摊主和买家会看到）", en: "Reason (stalls and buyers read it)" },
  what: { zh: "召回什么", en: "What is recalled" },
  lots: { zh: "批次", en: "Lots" },
  inflows: { zh: "来源不明的进货", en: "Undeclared goods that came in" },
  setGrams: { zh: "共有", en: "There was" },
  proposedBy: { zh: "提议人", en: "Proposed by" },
  approvedBy: { zh: "批准人", en: "Approved by" },
  tests: { zh: "快检依据", en: "The tests behind it" },
  where: { zh: "去了哪里（此刻）", en: "Where it went, as of now" },
  may: { zh: "最多", en: "At most" },
  must: { zh: "至少", en: "At least" },
  expected: { zh: "估计", en: "Estimate" },
  claimed: { zh: "摊主指明、账上没有", en: "By the seller's word only" },
  claimedMeans: {
    zh: "“摊主指明、账上没有”：摊主卖的时候说就是这一批，但账上这批货不在那里，或没有这么多——多半是进货没有录、录晚了，或说错了。这些买家同样会收到通知，摊上单独放着的这一批同样停售；货若又卖给了别的摊位，不会自动追下去，请去查问。",
    en: "“By the seller's word only”: the seller said at the sale that it was of this lot, and the books have none, or less, of it there: goods that were not entered, or late, or a wrong word. These buyers are told like all others, and what is kept apart as this lot is held. Where another stall bought it, nothing is followed from there: go and ask.",
  },
  inStock: { zh: "最多还在摊上", en: "Still in stock, at most" },
  weight: { zh: "重量", en: "Weight" },
  soldAt: { zh: "售出时间", en: "Sold" },
  hold: { zh: "停售", en: "Hold" },
  held: { zh: "已要求停售", en: "Told to hold" },
  notHeld: { zh: "没有停售", en: "Not held" },
  unheard: { zh: "有终端还没有收到", en: "a terminal has not heard of it yet" },
  noTerminal: { zh: "没有终端", en: "has no terminal" },
  toVisit: {
    zh: "有 {stalls} 个要停售的摊位，终端从通知停售到现在没有上过线，或没有终端：请派人去。",
    en: "Of the stalls that must hold, {stalls} have a terminal that was not online since they were told, or none: send somebody there.",
  },
  followed: { zh: "卖给了摊位，算在那边", en: "Sold to a stall; counted there" },
  soldToStall: { zh: "卖给了摊位，没有追下去", en: "sold to a stall; not followed" },
  estimateOnly: {
    zh: "估计只用来排先后，不是结论。",
    en: "The estimate only says where to look first; it is no finding.",
  },
  noSales: { zh: "没有查到可能涉及的销售。", en: "No sale that may be of it was found." },
  difference: { zh: "记下以后的变化", en: "Since it was kept" },
  unchanged: { zh: "没有变化。", en: "Nothing has changed." },
  frozenAt: { zh: "记下的时刻", en: "Kept at" },
  told: { zh: "通知买家", en: "Telling the buyers" },
  waiting: { zh: "待通知", en: "Waiting" },
  sent: { zh: "已发出", en: "Sent" },
  read: { zh: "已读", en: "Read" },
  notPermitted: { zh: "未允许发消息", en: "Did not permit messages" },
  failed: { zh: "没有送到", en: "Failed" },
  unknown: { zh: "平台没说结果", en: "The platform did not say" },
  cash: {
    zh: "付现金的买家没人认识：请在摊位张贴告示。",
    en: "Nobody knows who paid in cash: put up a notice at the stall.",
  },
  toldStalls: { zh: "通知摊位用时", en: "Stalls were told after" },
  firstPage: { zh: "看到范围用时", en: "Scope was seen after" },
  seconds: { zh: "秒", en: "s" },
  steps: { zh: "经过", en: "What was done" },
  next: { zh: "下一步", en: "What now" },
  secondPerson: {
    zh: "您是提议人：要由另一个人查看并批准。",
    en: "You proposed it: another person has to look and approve.",
  },
  ended: { zh: "已经了结，没有下一步。", en: "It is over; nothing is left to do." },
  effect: { zh: "执行后会发生什么", en: "What will happen" },
  confirm: { zh: "确认", en: "Yes:" },
  notNow: { zh: "先不做，返回", en: "Not now, go back" },
  new: { zh: "新的召回", en: "New recall" },
  lookFirst: {
    zh: "先看范围：只是查看，不写任何东西，也不通知任何人。",
    en: "Look first: this writes nothing and tells nobody.",
  },
  lookAtScope: { zh: "查看范围", en: "Look at the scope" },
  byLots: { zh: "按批次", en: "By lot" },
  lotIds: { zh: "批次编号（每行一个）", en: "Lot ids, one a line" },
  byBase: { zh: "按基地和采收日期", en: "By base and days of harvest" },
  base: { zh: "基地", en: "Base" },
  byRegion: { zh: "按产区和采收日期", en: "By region and days of harvest" },
  region: { zh: "行政区划代码（2、4 或 6 位）", en: "Region code (2, 4 or 6 digits)" },
  anyGoods: { zh: "全部货品", en: "All goods" },
  from: { zh: "采收从（中国日期）", en: "Harvested from (day in China)" },
  until: { zh: "采收到", en: "Harvested until" },
  byTest: {
    zh: "快检不合格时会自动提议，见上面的列表。",
    en: "A failed rapid test proposes a recall by itself: see the list.",
  },
  asDrill: { zh: "只是演练", en: "Only a drill" },
  propose: { zh: "提议召回", en: "Propose the recall" },
  proposeMeans: {
    zh: "提议后，要由另一个人查看并批准，再生效；在那之前不停售，也不通知买家。",
    en: "Another person has to look at it, approve it and put it in force; until then nothing is held and no buyer is told.",
  },
  refusedLotIds: {
    zh: "请填 1 至 200 个批次编号，每行一个，照抄追溯页上的。",
    en: "Give 1 to 200 lot ids, one a line, as the trace has them.",
  },
  refusedRegionCode: {
    zh: "行政区划代码是 2、4 或 6 位数字，例如 1307。",
    en: "A region code has 2, 4 or 6 digits, as 1307.",
  },
  refusedDays: {
    zh: "请填两个日期，写成 2026-03-01，起不晚于止。",
    en: "Give two days, written 2026-03-01, the first no later than the last.",
  },
  refusedOther: { zh: "有一项没有填对，请再看一遍。", en: "Something was not filled in right; look again." },
} as const satisfies Record<string, Words>

export type RecallPageWord = keyof typeof recallPageWords
