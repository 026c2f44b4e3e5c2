/** Purchases that a few typed letters mean: by goods in either language, by stall name or number, by market, by day. */
import { marketDay } from "./market-day"

interface Named {
  readonly settledAt: string
  readonly stall: {
    readonly number: string
    readonly name: string
    readonly site: string
    readonly siteEn: string
    readonly zone: string
  }
  readonly lines: readonly { readonly name?: string; readonly nameEn?: string }[]
}

export function findPurchases<P extends Named>(purchases: readonly P[], wanted: string): readonly P[] {
  const words = wanted.trim().toLowerCase().split(/\s+/).filter(Boolean)
  return purchases.filter(({ settledAt, stall, lines }) => {
    const names = lines.flatMap(({ name = "", nameEn = "" }) => [name, nameEn])
    const text = [stall.number, stall.name, stall.site, stall.siteEn, ...names, ...daysOf(settledAt, stall.zone)].join(
      "\n",
    )
    return words.every((word) => text.toLowerCase().includes(word))
  })
}

/** As people write a day: `2026-12-08`, `12-08`, `12.8`, `12/8`, `12月8日`. */
function daysOf(settledAt: string, zone: string): string[] {
  const day = marketDay(settledAt, zone)
  const [, year = "", month = "", date = ""] = /^(\d+)-(\d+)-(\d+)$/.exec(day) ?? []
  const [m, d] = [Number(month), Number(date)]
  return [day, `${year}/${month}/${date}`, `${m}-${d}`, `${m}.${d}`, `${m}/${d}`, `${year}年${m}月${d}日`]
}
