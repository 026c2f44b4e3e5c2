import areas from "china-area-data/data.json" with { type: "json" }

/** First two digits of a GB/T 2260 area code → the province-level division it names. */
const provinces: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  "11": ["北京", "Beijing"],
  "12": ["天津", "Tianjin"],
  "13": ["河北", "Hebei"],
  "14": ["山西", "Shanxi"],
  "15": ["内蒙古", "Inner Mongolia"],
  "21": ["辽宁", "Liaoning"],
  "22": ["吉林", "Jilin"],
  "23": ["黑龙江", "Heilongjiang"],
  "31": ["上海", "Shanghai"],
  "32": ["江苏", "Jiangsu"],
  "33": ["浙江", "Zhejiang"],
  "34": ["安徽", "Anhui"],
  "35": ["福建", "Fujian"],
  "36": ["江西", "Jiangxi"],
  "37": ["山东", "Shandong"],
  "41": ["河南", "Henan"],
  "42": ["湖北", "Hubei"],
  "43": ["湖南", "Hunan"],
  "44": ["广东", "Guangdong"],
  "45": ["广西", "Guangxi"],
  "46": ["海南", "Hainan"],
  "50": ["重庆", "Chongqing"],
  "51": ["四川", "Sichuan"],
  "52": ["贵州", "Guizhou"],
  "53": ["云南", "Yunnan"],
  "54": ["西藏", "Tibet"],
  "61": ["陕西", "Shaanxi"],
  "62": ["甘肃", "Gansu"],
  "63": ["青海", "Qinghai"],
  "64": ["宁夏", "Ningxia"],
  "65": ["新疆", "Xinjiang"],
  "71": ["台湾", "Taiwan"],
  "81": ["香港", "Hong Kong"],
  "82": ["澳门", "Macao"],
}

/** By the code of what they are part of; some codes only gather others, under a name that is none. */
const divisions: Readonly<Record<string, Readonly<Record<string, string>>>> = areas
const gathering = /^(市辖区|县|.*直辖县级行政区划)$/

export type Region = {
  readonly province: string
  readonly provinceEn: string
  /** Or the city, where a code names no more; left out where it names only the province, or is not in the list. */
  readonly county?: string
}

export function regionOf(regionCode: string): Region {
  const [province, provinceEn] = provinces[regionCode.slice(0, 2)] ?? [regionCode, regionCode]
  const county =
    divisions[`${regionCode.slice(0, 4)}00`]?.[regionCode] ?? divisions[`${regionCode.slice(0, 2)}0000`]?.[regionCode]
  return { province, provinceEn, ...(county !== undefined && !gathering.test(county) && { county }) }
}
