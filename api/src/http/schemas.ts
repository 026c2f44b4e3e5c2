import { z } from "@hono/zod-openapi"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { parseTerminalHex } from "@suyuan/protocol/terminal/identifiers"

/** Lower case only: ids are compared as text. */
export const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "a lower-case UUID")
  .openapi({ format: "uuid", example: "0199d3a0-7c1e-7000-8000-000000000001" })

/** 10 lower-case hex digits → number. */
export const terminalId = z
  .string()
  .regex(/^[0-9a-f]{10}$/, "10 lower-case hex digits")
  .transform((text) => {
    const parsed = parseTerminalHex(text)
    if (!parsed.ok) throw new Error("10 hex digits are a terminal id")
    return parsed.value
  })
  .openapi({ type: "string", pattern: "^[0-9a-f]{10}$", example: "0100000001" })

/** Lower-case hex → bytes. */
export function hexBytes(minBytes: number, maxBytes = minBytes) {
  const expected =
    minBytes === maxBytes ? `${minBytes} bytes in lower-case hex` : `${minBytes} to ${maxBytes} bytes in hex`
  return z
    .string()
    .regex(new RegExp(`^([0-9a-f]{2}){${minBytes},${maxBytes}}$`), expected)
    .transform((text) => fromHex(text) ?? new Uint8Array(0))
    .openapi({ type: "string", description: expected })
}

export const name = z.string().trim().min(1).max(64)
export const reason = z.string().trim().min(1).max(200)
export const instant = z.string().openapi({ format: "date-time" })
export const milliseconds = z.number().int().openapi({ description: "Milliseconds since 1970" })
export const pageSize = z.coerce.number().int().min(1).max(200).default(100)

export function jsonBody<S extends z.ZodType>(schema: S) {
  return { body: { content: { "application/json": { schema } }, required: true } } as const
}

export function answer<S extends z.ZodType>(description: string, schema: S) {
  return { description, content: { "application/json": { schema } } } as const
}

/** Security of a route, as documented: which of the schemes that `openapi.ts` registers. */
export const byToken = [{ accessToken: [] }]
export const byBuyer = [{ buyerSession: [] }, { buyerCookie: [] }]
