import { z } from "@hono/zod-openapi"
import type { PayCode } from "@suyuan/protocol/terminal/pay-code"
import { PAY_CODE_DIGITS_MAX, parsePayCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import type { Context as HttpContext } from "hono"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { readSale } from "../sales/read-sale"
import type { HttpEnvironment } from "./router"

export const digitsParam = z.object({
  digits: z
    .string()
    .max(PAY_CODE_DIGITS_MAX)
    .regex(/^[0-9]+$/)
    .openapi({ description: "The pay code's digits, leading zeros kept", example: "0123…" }),
})

export const codeRefusals = [
  "pay-code/malformed",
  "pay-code/wrong-algorithm",
  "pay-code/bad-signature",
  "terminal/unknown",
  "sale/other-bytes",
] as const

export function parseDigits(digits: string): PayCode {
  const code = parsePayCodeDigits(digits)
  if (!code.ok) throw new ServiceError(code.error, { field: "digits" })
  return code.value
}

export async function readScanned(ctx: Context, code: PayCode) {
  const scanned = await readSale(ctx, ctx.db, code)
  if (!scanned.ok) throw new ServiceError(scanned.error)
  return scanned.value
}

/** Of an address that asked for a language: the pages behind it are asked for the same. */
export function searchOf(c: HttpContext<HttpEnvironment>): string {
  const asked = c.req.query("lang")
  return asked === "zh" || asked === "en" ? `?lang=${asked}` : ""
}

/** Of a buyer's plain page: what its address says, else what the browser prefers. */
export function languageOf(c: HttpContext<HttpEnvironment>): "zh" | "en" {
  const asked = c.req.query("lang")
  return asked === "zh" || asked === "en" ? asked : (c.get("language") ?? "zh")
}
