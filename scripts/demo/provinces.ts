// Where the price list's goods come from: its one-character province abbreviations, and for each a county that grows
// vegetables, with its code of GB/T 2260. The counties are the demonstration's own choice: the list names provinces.

export type Province = {
  /** 冀 */
  readonly short: string
  readonly name: string
  readonly county: string
  readonly countyEn: string
  /** Six digits, GB/T 2260. */
  readonly regionCode: string
}

const rows = [
  ["京", "北京", "大兴", "Daxing, Beijing", "110115"],
  ["津", "天津", "武清", "Wuqing, Tianjin", "120114"],
  ["冀", "河北", "张北", "Zhangbei, Hebei", "130722"],
  ["蒙", "内蒙古", "商都", "Shangdu, Inner Mongolia", "150923"],
  ["辽", "辽宁", "北镇", "Beizhen, Liaoning", "210782"],
  ["苏", "江苏", "邳州", "Pizhou, Jiangsu", "320382"],
  ["浙", "浙江", "海盐", "Haiyan, Zhejiang", "330424"],
  ["皖", "安徽", "和县", "Hexian, Anhui", "340523"],
  ["闽", "福建", "漳浦", "Zhangpu, Fujian", "350623"],
  ["鲁", "山东", "寿光", "Shouguang, Shandong", "370783"],
  ["豫", "河南", "中牟", "Zhongmu, Henan", "410122"],
  ["鄂", "湖北", "云梦", "Yunmeng, Hubei", "420923"],
  ["粤", "广东", "徐闻", "Xuwen, Guangdong", "440825"],
  ["桂", "广西", "田阳", "Tianyang, Guangxi", "451003"],
  ["川", "四川", "彭州", "Pengzhou, Sichuan", "510182"],
  ["云", "云南", "元谋", "Yuanmou, Yunnan", "532328"],
  ["陕", "陕西", "太白", "Taibai, Shaanxi", "610331"],
  ["甘", "甘肃", "榆中", "Yuzhong, Gansu", "620123"],
  ["宁", "宁夏", "西吉", "Xiji, Ningxia", "640422"],
  ["新", "新疆", "高昌", "Gaochang, Xinjiang", "650402"],
] as const

const provinces: readonly Province[] = rows.map(([short, name, county, countyEn, regionCode]) => ({
  ...{ short, name, county, countyEn, regionCode },
}))

/** 产地 as published: abbreviations run together, or a province in full. Throws for what it does not know. */
export function readOrigins(text: string): Province[] {
  const inFull = provinces.find(({ name }) => name === text)
  if (inFull !== undefined) return [inFull]
  return [...text].map((short) => {
    const found = provinces.find((province) => province.short === short)
    if (found === undefined) throw new Error(`${text}: no province is written ${short}`)
    return found
  })
}
