/** What a buyer may report of a purchase, and the office's pages about it. */
export const problemWords = {
  "short-weight": { zh: "缺斤少两", en: "Short weight" },
  spoiled: { zh: "变质、不新鲜", en: "Spoiled or not fresh" },
  "other-goods": { zh: "不是所说的货", en: "Other goods than said" },
  "origin-doubted": { zh: "来源与页面不符", en: "The origin does not fit what the page says" },
  overcharged: { zh: "多收了钱", en: "Charged too much" },
  "made-ill": { zh: "吃了不舒服", en: "Somebody felt ill after eating" },
  other: { zh: "其他问题", en: "Something else" },
} as const

export const problemPageWords = {
  problems: { zh: "买家反映", en: "What buyers report" },
  nothing: { zh: "没有买家反映问题。", en: "No buyer reports a problem." },
  open: { zh: "待答复", en: "To be answered" },
  answered: { zh: "已答复", en: "Answered" },
  noWords: { zh: "买家没有另写说明。", en: "The buyer wrote nothing more." },
  answer: { zh: "给买家的答复", en: "Answer to the buyer" },
  send: { zh: "答复", en: "Answer" },
  once: { zh: "只能答复一次；买家会在“我买过的”里看到。", en: "You answer once; the buyer reads it in their list." },
  sure: { zh: "我看过了，这就是最后的答复", en: "I have read it over: this is the final answer" },
  sale: { zh: "交易", en: "Sale" },
  paid: { zh: "实付", en: "Paid" },
  said: { zh: "买家说", en: "The buyer says" },
  photo: { zh: "买家的照片", en: "The buyer's photo" },
  photos: { zh: "照片：", en: "Photos:" },
  reportedAt: { zh: "反映时间", en: "Reported" },
  look: { zh: "查看", en: "Look" },
} as const

export type ProblemWord = keyof typeof problemWords
export const problemKinds = Object.keys(problemWords) as readonly ProblemWord[]
