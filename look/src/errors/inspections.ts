/** Rapid tests (快检), their photos, and certificates (承诺达标合格证). */
export const inspectionErrors = {
  "inspection/unknown": {
    status: 404,
    zh: "没有这份检测，或您无权查看。",
    en: "There is no such inspection, or it is not yours to see.",
  },
  "inspection/limit-not-of-standard": {
    status: 400,
    zh: "限值与所填标准的规定不符。",
    en: "The named standard sets another limit.",
  },
  "inspection/retest-unknown": {
    status: 404,
    zh: "没有找到要复检的那份检测。",
    en: "The test that this one repeats is not known.",
  },
  "inspection/retest-of-other-goods": {
    status: 400,
    zh: "复检的货品与原检测不是同一摊位的同一品种。",
    en: "The test that this one repeats was of other goods or of another stall.",
  },
  "inspection/retest-too-early": {
    status: 400,
    zh: "复检时间早于原检测。",
    en: "Tested before the test that it repeats.",
  },
  "inspection/dated-ahead": {
    status: 400,
    zh: "取样或检测时间晚于现在。",
    en: "Sampled or tested at a time that is still to come.",
  },
  "inspection/lot-unknown": { status: 404, zh: "没有找到这个批次。", en: "There is no such lot." },
  "inspection/lot-of-other-goods": {
    status: 400,
    zh: "这个批次不是所检的品种。",
    en: "That lot is of other goods than the test.",
  },
  "inspection/photo-unknown": { status: 404, zh: "没有这张照片。", en: "There is no such photo." },
  "inspection/photo-unusable": {
    status: 400,
    zh: "照片须为 JPEG 或 PNG，且不超过 512 KB。",
    en: "A photo is JPEG or PNG and at most 512 KB.",
  },
  "inspection/day-too-wide": {
    status: 400,
    zh: "当天的货堆太多，请按品种查询。",
    en: "Too many piles on that day; ask by commodity.",
  },
  "certificate/draft-unknown": {
    status: 404,
    zh: "没有这份合格证草稿，或您无权查看。",
    en: "There is no such draft of a certificate, or it is not yours to see.",
  },
  "certificate/nothing-collected": {
    status: 409,
    zh: "这堆货没有收到任何合格证，不能据以重新开具。",
    en: "None of the goods in this pile came with a certificate, so there is nothing to issue one from.",
  },
  "certificate/too-many-parents": {
    status: 409,
    zh: "所依据的合格证过多，请分批开具。",
    en: "It would rest on too many certificates; issue it for less at a time.",
  },
  "certificate/above-stock": {
    status: 400,
    zh: "开具的重量超过了现有存货。",
    en: "The certificate would cover more than there is in stock.",
  },
  "certificate/draft-expired": {
    status: 409,
    zh: "草稿只在当天、货还在时有效，请重新起草。",
    en: "A draft is good on its day, while its goods are there; draft it anew.",
  },
  "certificate/wrong-state": {
    status: 409,
    zh: "这份草稿已经开具或作废。",
    en: "This draft was issued or discarded already.",
  },
} as const
