/** Recalls (召回), their notices, and what a stall may not sell meanwhile. */
export const recallErrors = {
  "recall/unknown": {
    status: 404,
    zh: "没有这次召回，或您无权查看。",
    en: "There is no such recall, or it is not yours to see.",
  },
  "recall/set-empty": {
    status: 404,
    zh: "按这个条件没有找到任何批次。",
    en: "Nothing was found that this set could mean.",
  },
  "recall/set-too-wide": {
    status: 400,
    zh: "范围太大，请分批召回。",
    en: "The set is too wide; recall it in parts.",
  },
  "recall/inspection-unknown": { status: 404, zh: "没有这份检测。", en: "There is no such inspection." },
  "recall/second-person-needed": {
    status: 403,
    zh: "需要另一个人批准，不能是提出人发给令牌的人。",
    en: "Another person must approve this, not one whose token its proposer issued.",
  },
  "recall/wrong-state": {
    status: 409,
    zh: "这次召回现在的状态不允许这样做，请刷新后再看。",
    en: "The recall's state does not allow this; reload and look again.",
  },
  "recall/scope-changed": {
    status: 409,
    zh: "涉及的货物或摊位在您查看之后有了变化，请重新查看再批准。",
    en: "Its goods or stalls changed since they were shown to you; look again before you approve.",
  },
  "recall/sales-unknown": {
    status: 404,
    zh: "这些交易没有一笔可以追溯。",
    en: "None of these sales can be traced.",
  },
} as const
