/** A stall's goods of a day: what was there, came, left and was counted. */
type Words = { readonly zh: string; readonly en: string }

export const balanceWords = {
  opening: { zh: "期初", en: "Opening" },
  purchase: { zh: "进货", en: "Purchases" },
  harvest: { zh: "采收", en: "Harvest" },
  outside: { zh: "外来货", en: "Outside goods" },
  return: { zh: "顾客退回", en: "Returned by buyers" },
  surplus: { zh: "盘盈", en: "Surplus at count" },
  shortfall: { zh: "账外来货（卖多于有）", en: "Unrecorded goods (sold beyond the book)" },
  otherIn: { zh: "其他流入", en: "Other inflows" },
  sale: { zh: "销售", en: "Sales" },
  waste: { zh: "损耗", en: "Waste" },
  loss: { zh: "盘亏", en: "Missing at count" },
  returned: { zh: "退给供货方", en: "Sent back to suppliers" },
  otherOut: { zh: "其他流出", en: "Other outflows" },
  closing: { zh: "期末", en: "Closing" },
  counted: { zh: "盘点", en: "Counted" },
  notCounted: { zh: "未盘点", en: "not counted" },
  open: { zh: "重量区间余量", en: "Left open by declared weights" },
  commodity: { zh: "品种", en: "Commodity" },
  code: { zh: "品种编号", en: "Code" },
  unit: { zh: "公斤", en: "kg" },
} as const satisfies Record<string, Words>
