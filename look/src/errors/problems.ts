/** What a buyer reports of a purchase. */
export const problemErrors = {
  "problem/unknown": {
    status: 404,
    zh: "没有这条反映，或您无权查看。",
    en: "There is no such report, or it is not yours to see.",
  },
  "problem/purchase-unknown": {
    status: 404,
    zh: "没有找到您付过的这一笔。",
    en: "No such purchase of yours was found.",
  },
  "problem/reported-already": {
    status: 409,
    zh: "这一笔的这类问题您已经反映过了。",
    en: "You have reported this kind of problem with this purchase already.",
  },
  "problem/other-photo": {
    status: 409,
    zh: "这个位置已经有另一张照片了。",
    en: "Another photo stands in this place already.",
  },
  "problem/answered-already": {
    status: 409,
    zh: "这条反映已经答复过了，请刷新后再看。",
    en: "This report was answered already; reload and look again.",
  },
} as const
