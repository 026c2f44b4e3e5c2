import { z } from "zod"
import { setting } from "./setting"

/** How long a code is good, how much is sold offline, how often a platform is asked. */
export const tradeSettings = {
  SCAN_WINDOW_SECONDS: setting(
    "SCAN_WINDOW_SECONDS",
    {
      meaning: "how far issued-at may lie from the terminal's learned clock for a payment to be opened",
      example: "300",
    },
    z.coerce.number().int().min(30).max(3600).default(300),
  ),
  OFFLINE_CAP_SECONDS: setting(
    "OFFLINE_CAP_SECONDS",
    { meaning: "the same window for a terminal known to be offline", example: "86400" },
    z.coerce.number().int().min(300).max(604_800).default(86_400),
  ),
  OFFLINE_SALE_LIMIT_FEN: setting(
    "OFFLINE_SALE_LIMIT_FEN",
    { meaning: "largest sale of a terminal that is offline", example: "100000" },
    z.coerce.number().int().min(100).default(200_000),
  ),
  OFFLINE_DAY_LIMIT_FEN: setting(
    "OFFLINE_DAY_LIMIT_FEN",
    { meaning: "sum of a day's sales of a terminal that is offline", example: "1000000" },
    z.coerce.number().int().min(100).default(2_000_000),
  ),
  PAYMENT_EXPIRY_SECONDS: setting(
    "PAYMENT_EXPIRY_SECONDS",
    { meaning: "how long a payer may take at the platform", example: "300" },
    z.coerce.number().int().min(5).max(7200).default(300),
  ),
  PLATFORM_TIMEOUT_MS: setting(
    "PLATFORM_TIMEOUT_MS",
    { meaning: "a platform call without an answer by then has an unknown outcome", example: "5000" },
    z.coerce.number().int().min(100).max(30_000).default(5000),
  ),
  QUERY_SCHEDULE_SECONDS: setting(
    "QUERY_SCHEDULE_SECONDS",
    {
      meaning: "comma-separated seconds after opening at which a payment is queried; then every last step",
      example: "2,5,10,20,40,60",
    },
    z
      .string()
      .default("2,5,10,20,40,60")
      .transform((list) => list.split(",").map(Number))
      .pipe(z.array(z.number().positive()).min(1).max(20)),
  ),
}
