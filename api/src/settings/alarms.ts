import { z } from "zod"
import { setting } from "./setting"

/** From when on something is an alarm. */
export const alarmsSettings = {
  ALARM_UNKNOWN_SHARE_PERMILLE: setting(
    "ALARM_UNKNOWN_SHARE_PERMILLE",
    {
      meaning: "share of a stall's goods of a day whose origin is unknown, above which it is an alarm",
      example: "150",
    },
    z.coerce.number().int().min(0).max(1000).default(150),
  ),
  ALARM_UNKNOWN_GRAMS_MIN: setting(
    "ALARM_UNKNOWN_GRAMS_MIN",
    { meaning: "unknown goods of a stall, commodity and day below this are no alarm", example: "5000" },
    z.coerce.number().int().min(0).max(1000000000).default(5000),
  ),
  ALARM_SHORTFALL_PERMILLE: setting(
    "ALARM_SHORTFALL_PERMILLE",
    { meaning: "share of what was sold beyond what was there, above which it is an alarm", example: "20" },
    z.coerce.number().int().min(0).max(1000).default(20),
  ),
  ALARM_SHORTFALL_GRAMS_MIN: setting(
    "ALARM_SHORTFALL_GRAMS_MIN",
    { meaning: "sold beyond what was there by no more than this is no alarm", example: "1000" },
    z.coerce.number().int().min(0).max(1000000000).default(1000),
  ),
  ALARM_SPEED_KMH: setting(
    "ALARM_SPEED_KMH",
    { meaning: "no lorry is faster from one place to the next, the first minutes not counted", example: "120" },
    z.coerce.number().int().min(10).max(1000).default(120),
  ),
  ALARM_OWN_WALLET_PAYMENTS: setting(
    "ALARM_OWN_WALLET_PAYMENTS",
    { meaning: "payments of a stall's own wallets at the stall in a day that are an alarm", example: "2" },
    z.coerce.number().int().min(1).max(1000).default(2),
  ),
  ALARM_ROUND_CHANCE_EXPONENT: setting(
    "ALARM_ROUND_CHANCE_EXPONENT",
    {
      meaning: "round amounts are an alarm when chance gives as many less often than once in ten to the power of this",
      example: "6",
    },
    z.coerce.number().int().min(2).max(30).default(6),
  ),
}
