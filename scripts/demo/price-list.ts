// The published price list as goods of one catalogue: a commodity once, prices in fen per kilogram, origins as provinces.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { divideHalfUp, yuanToFen } from "@suyuan/protocol/units/money"
import { type Province, readOrigins } from "./provinces"

export type Commodity = {
  readonly code: number
  readonly nameZh: string
  readonly nameEn: string
  /** Of the Chinese name, in pinyin. */
  readonly initials?: string
  readonly shelfLifeHours: number
}

export type Goods = Commodity & {
  /** Fen per kilogram. */
  readonly lowFen: number
  readonly averageFen: number
  /** Simulated: average × 1.4, rounded to ¥0.10 per 斤. */
  readonly retailFen: number
  /** Empty: the list says nothing. */
  readonly origins: readonly Province[]
}

const priceFile = join(import.meta.dir, "data/xinfadi-prices-2021-12-10.csv")
/** The list that an operator seeds a catalogue from. */
const catalogueFile = join(import.meta.dir, "../../api/src/catalogue/commodities.csv")
const JIN_PER_KILOGRAM = 2

export function readCatalogue(): Commodity[] {
  return rowsOf(readFileSync(catalogueFile, "utf8")).map(
    ([code = "", nameZh = "", nameEn = "", shelfLifeHours = "", initials = ""]) => ({
      ...{ code: Number(code), nameZh, nameEn, shelfLifeHours: Number(shelfLifeHours), initials },
    }),
  )
}

/** What is sold per 斤 on that day. A name that repeats with other specifications is one commodity: the first row's prices, all rows' origins. */
export function readPriceList(catalogue: readonly Commodity[]): Goods[] {
  const known = new Map(catalogue.map((commodity) => [commodity.nameZh, commodity]))
  const goods = new Map<string, Goods>()
  for (const row of rowsOf(readFileSync(priceFile, "utf8"))) {
    const [name = "", low = "", average = "", , , origin = "", unit] = row
    if (unit !== "斤") continue
    const commodity = known.get(name)
    if (commodity === undefined) throw new Error(`the catalogue lacks ${name}`)
    const before = goods.get(name)
    const origins = [...new Set([...(before?.origins ?? []), ...readOrigins(origin)])]
    const averageFenPerJin = fenOf(average)
    goods.set(name, {
      ...commodity,
      lowFen: before?.lowFen ?? fenOf(low) * JIN_PER_KILOGRAM,
      averageFen: before?.averageFen ?? averageFenPerJin * JIN_PER_KILOGRAM,
      retailFen: before?.retailFen ?? retailFenPerJin(averageFenPerJin) * JIN_PER_KILOGRAM,
      origins,
    })
  }
  return [...goods.values()]
}

/** All names of that day, in whatever the goods are sold. */
export function readPublishedNames(): ReadonlySet<string> {
  return new Set(rowsOf(readFileSync(priceFile, "utf8")).map(([name = ""]) => name))
}

/** × 1.4, half up to ¥0.10. */
function retailFenPerJin(averageFenPerJin: number): number {
  return Number(divideHalfUp(BigInt(averageFenPerJin) * 14n, 100n)) * 10
}

function fenOf(yuan: string): number {
  const fen = yuanToFen(yuan)
  if (!fen.ok) throw new Error(`${yuan} is no price`)
  return fen.value
}

/** The published files have neither quotes nor commas inside a cell. */
function rowsOf(csv: string): string[][] {
  return csv
    .split("\n")
    .slice(1)
    .filter((line) => line !== "")
    .map((line) => line.split(","))
}
