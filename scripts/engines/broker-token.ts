// The password of an MQTT client is a JSON Web Token (RFC 7519, HS256) that says who it is and which topics it may use,
// in the form that EMQX reads: {"sub": client id, "exp": seconds, "acl": {"pub": [filters], "sub": [filters], "all": []}}.
import { createHmac, timingSafeEqual } from "node:crypto"
import { z } from "zod"
import { isFilter } from "./topic-filters"

const TOKEN_BYTES_MAX = 4_096

const filters = z.array(z.string().refine(isFilter)).max(64).default([])

const header = z.object({ alg: z.literal("HS256") })

const claims = z.object({
  sub: z.string().min(1).max(128),
  exp: z.number().int().positive(),
  acl: z.object({ pub: filters, sub: filters, all: filters }),
})

export type BrokerClaims = z.infer<typeof claims>

/** Signs what the gateway signs too; for tests and for the supervisor's own look at the broker. */
export function signBrokerToken(secret: string, unsigned: z.input<typeof claims>): string {
  const content = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(unsigned)}`
  return `${content}.${signature(secret, content).toString("base64url")}`
}

/** Undefined unless the signature is ours, the claims are whole, and `exp` lies ahead. */
export function readBrokerToken(secret: string, token: string, nowSeconds: number): BrokerClaims | undefined {
  const parts = token.split(".")
  const [head, body, mark] = parts
  if (token.length > TOKEN_BYTES_MAX || parts.length !== 3 || !head || !body || !mark) return undefined
  const expected = signature(secret, `${head}.${body}`)
  const given = Buffer.from(mark, "base64url")
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
  if (!header.safeParse(decode(head)).success) return undefined
  const parsed = claims.safeParse(decode(body))
  return parsed.success && parsed.data.exp > nowSeconds ? parsed.data : undefined
}

function signature(secret: string, content: string): Buffer {
  return createHmac("sha256", secret).update(content).digest()
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url")
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"))
  } catch {
    return undefined
  }
}
