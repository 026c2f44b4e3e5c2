/** The office's pages of rapid tests: what was found, and how one is entered. */
type Words = { readonly zh: string; readonly en: string }

export const testConclusionWords = {
  passed: { zh: "合格", en: "Passed" },
  failed: { zh: "不合格", en: "Failed" },
} as const satisfies Record<string, Words>

export const testPageWords = {
  tests: { zh: "快检", en: "Rapid tests" },
  new: { zh: "录入快检", en: "Enter a test" },
  nothing: { zh: "没有快检记录。", en: "There are no rapid tests." },
  nothingOfDay: { zh: "这一天没有快检记录。", en: "There are no rapid tests of that day." },
  moreFailed: { zh: "还有更多不合格的，请只看不合格", en: "More have failed: look at those alone" },
  sample: { zh: "样品编号", en: "Sample number" },
  sampledAt: { zh: "取样时间", en: "Sampled" },
  testedAt: { zh: "检测时间", en: "Tested" },
  result: { zh: "抑制率", en: "Inhibition" },
  limit: { zh: "限值", en: "Limit" },
  standard: { zh: "检测标准", en: "Standard" },
  method: { zh: "方法", en: "Method" },
  item: { zh: "检测项目", en: "What was tested for" },
  pesticides: { zh: "农药残留", en: "Pesticide residues" },
  instrument: { zh: "仪器", en: "Instrument" },
  tester: { zh: "检测岗位（不写姓名）", en: "Post of the tester (no name)" },
  by: { zh: "检测与录入", en: "Tested and entered by" },
  channel: { zh: "检测通道（可不填）", en: "Channel (may be left out)" },
  reviewer: { zh: "复核岗位（可不填）", en: "Post of the reviewer (may be left out)" },
  lot: { zh: "批次编号（可不填）", en: "Lot id (may be left out)" },
  lotHint: {
    zh: "不填：样品取自摊位这一品种的整堆货。填了：取自这一批。",
    en: "Left out: the sample is of the stall's whole pile of these goods. Given: of that lot.",
  },
  ofLot: { zh: "批次", en: "Lot" },
  ofPile: { zh: "整堆货", en: "the whole pile" },
  otherStandard: { zh: "其他标准", en: "Another standard" },
  otherHint: {
    zh: "只有选“其他标准”时才填下面三项。",
    en: "Fill in these three only for another standard.",
  },
  figure: { zh: "抑制率（%）", en: "Inhibition (%)" },
  limitPercent: { zh: "限值（%）", en: "Limit (%)" },
  concluded: {
    zh: "结论由数值和限值得出：低于限值为合格，达到限值为不合格。",
    en: "The conclusion follows from the figure: below the limit it has passed, at the limit it has not.",
  },
  photo: { zh: "照片（可不选，JPEG 或 PNG，512 KB 以内）", en: "Photo (may be left out; JPEG or PNG, 512 KB)" },
  photoKept: { zh: "照片已存好，不用再选。", en: "The photo is kept; you need not choose it again." },
  photoLost: { zh: "照片要重新选一次。", en: "Choose the photo again." },
  photoOf: { zh: "检测照片", en: "Photo of the test" },
  send: { zh: "录入", en: "Enter it" },
  whatFollows: {
    zh: "录入后成为存证记录，不能删改；不合格的会自动提议召回，由另一个人决定。",
    en: "It becomes a record that nobody can change; one that failed proposes a recall, which another person decides about.",
  },
  retest: { zh: "复检这一样品", en: "Test it again" },
  retestOf: { zh: "复检", en: "Tested again" },
  isRetest: { zh: "这是复检，原检测：", en: "This repeats the test" },
  chain: { zh: "原检测与复检（先后顺序）", en: "The test and its repeats, in order" },
  counts: { zh: "以这一份为准", en: "This one counts" },
  superseded: { zh: "已有复检", en: "Tested again since" },
  recall: { zh: "查看提议的召回", en: "See the recall that it proposed" },
  recallDue: {
    zh: "正在提议召回，通常几秒钟。请刷新这一页。",
    en: "A recall is being proposed, mostly within seconds. Load this page again.",
  },
  noRecall: {
    zh: "没有提议召回：账上当时没有可能涉及的货，或同一样品已经提议过。请到摊位查看。",
    en: "No recall was proposed: by the books nothing was there, or one was proposed of this sample before. Go to the stall.",
  },
  sampleOnly: { zh: "只对本次检验样品负责。", en: "It speaks for the sample that was tested." },
  record: { zh: "存证编号", en: "Record" },
  noStalls: {
    zh: "这个场所还没有装了终端的摊位，录不了快检。",
    en: "No stall of this site has a terminal yet, so no test can be entered.",
  },
  notRight: { zh: "这一项没有填对：", en: "This was not filled in right:" },
} as const satisfies Record<string, Words>

export type TestPageWord = keyof typeof testPageWords
