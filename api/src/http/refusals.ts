import { z } from "@hono/zod-openapi"
import { type ErrorCode, errorWords } from "@suyuan/look/errors"

export const errorSchema = z
  .object({
    code: z.string().openapi({ example: "terminal/unknown" }),
    message: z.string().openapi({ description: "One sentence, Chinese or English by Accept-Language" }),
    field: z.string().optional().openapi({ description: "The field at fault" }),
    expected: z.string().optional().openapi({ description: "What would be right" }),
  })
  .openapi("Error")

type StatusOf<C extends ErrorCode> = (typeof errorWords)[C]["status"]
type Refusal = { description: string; content: { "application/json": { schema: typeof errorSchema } } }

/** Documents which refusals a route gives: a response for each status, its codes named. */
export function refusals<const C extends ErrorCode>(...codes: readonly C[]): { [S in StatusOf<C>]: Refusal } {
  const byStatus = new Map<number, ErrorCode[]>()
  for (const code of codes) {
    const { status } = errorWords[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  const responses = [...byStatus].map(([status, same]) => [
    status,
    {
      description: same.map((code) => `\`${code}\`: ${errorWords[code].en}`).join("\n\n"),
      content: { "application/json": { schema: errorSchema } },
    },
  ])
  return Object.fromEntries(responses) as { [S in StatusOf<C>]: Refusal }
}

/** What every route for operators and machines may refuse with. */
export const actorRefusals = ["request/malformed", "request/unauthenticated", "request/forbidden"] as const
