/** The few calls that a terminal makes over HTTP: enrolment, broker tokens, answers to a wallet that wants to be bound. */
import type { Transport } from "@suyuan/client/transport"
import { err, ok, type Result } from "@suyuan/protocol/result"
import { z } from "zod"

export type GatewayRefusal =
  /** The gateway's closed code, and what it says would be right. */
  | { readonly kind: "refused"; readonly code: string; readonly expected: string | undefined }
  /** Whether it was done is unknown: ask again with the same request. */
  | { readonly kind: "no-answer" }
  /** An answer that is not of the gateway's form: another program, or a newer gateway. */
  | { readonly kind: "not-understood" }

const refusalBody = z.object({ code: z.string().max(64), expected: z.string().max(200).optional() })

export async function callGateway<Answer>(
  transport: Transport,
  path: string,
  body: Readonly<Record<string, unknown>>,
  schema: z.ZodType<Answer>,
): Promise<Result<Answer, GatewayRefusal>> {
  const headers = { accept: "application/json", "content-type": "application/json" }
  const response = await transport({ method: "POST", path, headers, body: JSON.stringify(body) }).catch(() => undefined)
  return response === undefined ? err({ kind: "no-answer" } as const) : readAnswer(response, schema)
}

export function readAnswer<Answer>(
  response: { readonly status: number; readonly body: string },
  schema: z.ZodType<Answer>,
): Result<Answer, GatewayRefusal> {
  if (response.status >= 500) return err({ kind: "no-answer" } as const)
  const json = parseJson(response.body)
  if (response.status >= 200 && response.status < 300) {
    const answer = schema.safeParse(json)
    return answer.success ? ok(answer.data) : err({ kind: "not-understood" } as const)
  }
  const refusal = refusalBody.safeParse(json)
  if (!refusal.success) return err({ kind: "not-understood" } as const)
  return err({ kind: "refused", code: refusal.data.code, expected: refusal.data.expected } as const)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
