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
  stallPhoto: { zh: "摊位照片", en: "Photo of the stall" },
} as const satisfies Record<string, { readonly zh: string; readonly en: string }>
