/** What the buyer's pages say of goods before paying, of the way that they came, and of showing it to others. */
export const tracePageWords = {
  ofThisBagNow: { zh: "按摊上现有的货，您这一份中", en: "Of your share, by what is at the stall now:" },
  coverageUnknown: {
    zh: "摊上账面存货不足这一份，快检覆盖多少说不准",
    en: "The stall's book holds less than this; how much the test covers cannot be said",
  },
  stockUnknown: {
    zh: "这一样没有存货记录；下面说的只是摊主的申报",
    en: "No stock is recorded for this; what follows is the seller's word",
  },
  whereFrom: { zh: "它从哪里来", en: "where it came from" },
  scanToSee: { zh: "扫一扫，看它一路怎么来", en: "Scan to see the way it came" },
  sendToFriend: { zh: "发给朋友", en: "Send to a friend" },
  timelineHint: { zh: "也可以点右上角“…”分享到朋友圈", en: "Or share to Moments by the “…” at the top" },
  copyLink: { zh: "复制链接", en: "Copy the link" },
  makePoster: { zh: "做一张海报", en: "Make a poster" },
  posterHint: { zh: "长按图片保存", en: "Long-press the picture to save it" },
  posterFailed: {
    zh: "海报没有做成，可以先发链接",
    en: "The poster could not be made; send the link instead",
  },
  takeBack: { zh: "收回分享", en: "Take the share back" },
  takenBack: { zh: "已收回，别人打不开了", en: "Taken back: nobody can open it any more" },
  singlePage: { zh: "打开小程序，可以自己查一遍", en: "Open the mini-program to check it yourself" },
  placesMissing: { zh: "有的地方没有登记位置，图上没有画", en: "Some places are not registered and not drawn" },
  textLarge: { zh: "大字", en: "Large text" },
  textUsual: { zh: "标准字", en: "Usual text" },
  schemeSystem: { zh: "明暗：随手机", en: "Colours: as the phone" },
  schemeLight: { zh: "明暗：浅色", en: "Colours: light" },
  schemeDark: { zh: "明暗：深色", en: "Colours: dark" },
  stallPhoto: { zh: "摊位照片", en: "Photo of the stall" },
} as const satisfies Record<string, { readonly zh: string; readonly en: string }>
