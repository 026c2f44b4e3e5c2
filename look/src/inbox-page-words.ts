/** What waits for an operator's word: wallets that buy as a merchant would, and names that mean nothing yet. */
type Words = { readonly zh: string; readonly en: string }

export const proposalStateWords = {
  new: { zh: "未处理", en: "New" },
  invited: { zh: "已请摊位邀请", en: "The stall was asked to invite" },
} as const satisfies Record<string, Words>

export const proposalPageWords = {
  proposals: { zh: "像商户的钱包", en: "Wallets like a merchant's" },
  nothing: { zh: "没有像商户的钱包。", en: "No wallet buys as a merchant would." },
  about: {
    zh: "最近两周在批发摊位大量购买、又没有绑定摊位的钱包。不知道是谁，也不要打听：请摊主邀请这位顾客在自己摊位的终端上绑定。",
    en: "Wallets that bought much at a wholesale stall in the last two weeks and are bound to no stall. Nobody knows whose, and nobody should ask: let the stall invite that customer to bind at a terminal of their own.",
  },
  wallet: { zh: "钱包代号", en: "Wallet, by a name of its own" },
  purchases: { zh: "购买", en: "Purchases" },
  days: { zh: "天数", en: "Days" },
  least: { zh: "每次至少", en: "Each at least" },
  goods: { zh: "品种数", en: "Commodities" },
  lastDay: { zh: "最近一次", en: "Last" },
  note: { zh: "说明（不写姓名）", en: "Note (no names)" },
  invite: { zh: "已请摊位邀请", en: "The stall was asked to invite" },
  dismiss: { zh: "不是商户", en: "It is no merchant" },
} as const satisfies Record<string, Words>

export const namePageWords = {
  names: { zh: "目录里没有的叫法", en: "Names not in the catalogue" },
  nothing: { zh: "没有等待的叫法。", en: "No name waits." },
  about: {
    zh: "摊位对货品的叫法，目录里没有。货在终端上等着，什么也不猜：由您来定。",
    en: "What stalls called goods that the catalogue does not know. The goods wait on the terminals; nothing is guessed: you decide.",
  },
  mentions: { zh: "出现", en: "Mentions" },
  stalls: { zh: "摊位数", en: "Stalls" },
  firstSeen: { zh: "最早", en: "First" },
  lastSeen: { zh: "最近", en: "Last" },
  decide: { zh: "决定", en: "Decide" },
  map: { zh: "就是已有的品种", en: "It is a known commodity" },
  mapMeans: {
    zh: "这个叫法成为该品种的别名，对所有摊位生效，不能在这里收回。",
    en: "It becomes a synonym for every stall, and cannot be taken back here.",
  },
  mapSend: { zh: "设为别名", en: "Make it a synonym" },
  likely: { zh: "可能是", en: "Likely" },
  others: { zh: "目录里的全部品种", en: "Everything in the catalogue" },
  add: { zh: "是新的品种", en: "It is a new commodity" },
  addMeans: {
    zh: "目录里添一个品种，对所有摊位生效。保质期决定召回查到多久以前。",
    en: "The catalogue gets a commodity, for every stall. Its shelf life says how far back a recall looks.",
  },
  addSend: { zh: "加入目录", en: "Add it" },
  code: { zh: "品种编号（没有用过的）", en: "Code (not taken)" },
  nameZh: { zh: "中文名", en: "Chinese name" },
  nameEn: { zh: "英文名", en: "English name" },
  shelfLife: { zh: "保质期（小时）", en: "Shelf life (hours)" },
  dismiss: { zh: "不是货品，或写错了", en: "It is no goods, or a slip" },
  dismissMeans: { zh: "终端会被告知，这一行等摊主改。", en: "The terminal is told, and its row waits for the seller." },
  dismissSend: { zh: "不收", en: "Dismiss it" },
  reason: { zh: "原因", en: "Reason" },
  everySite: {
    zh: "目录是大家的：只有管全部场所的人能决定。",
    en: "The catalogue is everybody's: only who acts at every site decides.",
  },
} as const satisfies Record<string, Words>
