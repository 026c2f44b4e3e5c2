import type { BalanceLine, MassBalance } from "../balance/mass-balance"
import type { Context } from "../context"
import type { FoundAlarm } from "./raise-alarms"

type Thresholds = Pick<
  Context["config"],
  "ALARM_UNKNOWN_SHARE_PERMILLE" | "ALARM_UNKNOWN_GRAMS_MIN" | "ALARM_SHORTFALL_PERMILLE" | "ALARM_SHORTFALL_GRAMS_MIN"
>

/** What a day's balance itself says: too much whose origin nobody knows, and more sold than was ever there. Pure. */
export function judgeBalance(balance: MassBalance, thresholds: Thresholds): FoundAlarm[] {
  return balance.lines.flatMap((line) => {
    const { merchantId, commodity } = line
    const about = { subject: `${merchantId}:${commodity}`, day: balance.day, siteId: balance.siteId, merchantId }
    const [unknown, beyond] = [judgeUnknown(line, thresholds), judgeBeyond(line, thresholds)]
    return [
      ...(unknown ? [{ ...about, kind: "unknown-share" as const, evidence: unknown }] : []),
      ...(beyond ? [{ ...about, kind: "sold-above-bought" as const, evidence: beyond }] : []),
    ]
  })
}

function judgeUnknown({ commodity, in: came, out }: BalanceLine, thresholds: Thresholds) {
  const { outside: outsideGrams, shortfall: shortfallGrams, surplus: surplusGrams } = came
  const unknownGrams = outsideGrams + shortfallGrams + surplusGrams
  const arrivedGrams = Object.values(came).reduce((sum, grams) => sum + grams, 0)
  // Against what was sold too: a little from outside beside much from yesterday is little.
  const handledGrams = Math.max(arrivedGrams, out.sale)
  if (unknownGrams === 0 || unknownGrams < thresholds.ALARM_UNKNOWN_GRAMS_MIN) return undefined
  const tolerancePermille = thresholds.ALARM_UNKNOWN_SHARE_PERMILLE
  if (unknownGrams * 1000 <= handledGrams * tolerancePermille) return undefined
  const sharePermille = Math.floor((unknownGrams * 1000) / handledGrams)
  return { commodity, outsideGrams, shortfallGrams, surplusGrams, handledGrams, sharePermille, tolerancePermille }
}

function judgeBeyond({ commodity, openingGrams, in: came, out }: BalanceLine, thresholds: Thresholds) {
  const { shortfall: shortfallGrams, ...others } = came
  const soldGrams = Math.max(0, out.sale)
  const shareGrams = Math.floor((soldGrams * thresholds.ALARM_SHORTFALL_PERMILLE) / 1000)
  const toleranceGrams = Math.max(thresholds.ALARM_SHORTFALL_GRAMS_MIN, shareGrams)
  if (shortfallGrams <= toleranceGrams) return undefined
  const hadGrams = Object.values(others).reduce((sum, grams) => sum + grams, openingGrams)
  return { commodity, soldGrams, hadGrams, shortfallGrams, toleranceGrams }
}
