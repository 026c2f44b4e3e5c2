import { createRoute, z } from "@hono/zod-openapi"
import { keyFingerprint, TOKEN_REQUEST_NONCE_BYTES } from "@suyuan/protocol/terminal/enrolment"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import type { Context } from "../context"
import { payeeModes } from "../merchants/describe-payee"
import { type Terminal, terminalKey } from "../terminals/authenticate"
import type { BrokerTokens } from "../terminals/broker-token"
import { changeTerminalState } from "../terminals/change-terminal-state"
import { confirmTerminal } from "../terminals/confirm-terminal"
import { enrol } from "../terminals/enrol"
import { findTerminal, listTerminals } from "../terminals/list-terminals"
import { refreshBrokerToken } from "../terminals/refresh-broker-token"
import { requireActor } from "./authenticate"
import { actorRefusals, refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import {
  answer,
  byToken,
  hexBytes,
  instant,
  jsonBody,
  milliseconds,
  pageSize,
  reason,
  terminalId,
  uuid,
} from "./schemas"

const tags = ["terminals"]
const byId = { params: z.object({ id: terminalId }) }
const state = z.enum(["claimed", "active", "suspended", "revoked"])
const algorithm = z.enum(["ed25519", "p256"])
const fingerprint = z.string().max(40).openapi({ example: "7M4Q-X0ZR-TB2K" })

const terminal = z
  .object({
    id: z.string(),
    merchantId: uuid,
    siteId: uuid,
    state,
    algorithm,
    publicKey: z.string(),
    fingerprint,
    clockOffsetMs: z.number().int().openapi({ description: "Gateway time minus the terminal's" }),
    lastSeenAt: instant.optional(),
    lastCounter: z.number().int(),
    registeredTx: z.string().optional().openapi({ description: "Transaction that entered the key in the registry" }),
    createdAt: instant,
    stateChangedAt: instant,
  })
  .openapi("Terminal")

const payee = z.object({ mode: z.enum(payeeModes), account: z.string() })
const payeeNotice = z
  .object({
    kind: z.enum(["payee-applied", "payee-proposed", "payee-approved", "payee-withdrawn"]),
    platform: z.string(),
    payee,
    inForce: payee.optional(),
    appliesAtMs: milliseconds.optional(),
  })
  .openapi("PayeeNotice", {
    description: "Where the stall's money goes, or what is to take its place; as on `down/notice`",
  })

const enrolmentReply = z
  .object({
    terminalId: z.string(),
    state,
    networkId: z.number().int(),
    gatewayUrl: z.string(),
    receiptKey: z.string().openapi({ description: "32 bytes in hex; given here only" }),
    brokerToken: z.string(),
    brokerTokenExpiresAtMs: milliseconds,
    brokerUrl: z.string(),
    serverTimeMs: milliseconds,
    fingerprint,
    stall: z.object({ merchantId: uuid, stallNumber: z.string(), name: z.string() }),
    site: z.object({
      id: uuid,
      number: z.number().int(),
      kind: z.enum(["base", "wholesale", "market"]),
      name: z.string(),
      nameEn: z.string(),
      zone: z.string(),
      dayStartsAtMinutes: z.number().int(),
    }),
  })
  .openapi("Enrolment")

const enrolRoute = createRoute({
  method: "post",
  path: "/enrolments",
  tags,
  summary: "Become a stall's terminal",
  description:
    "The claim code is the credential. With the same key again before the code expires the answer is the same terminal and receipt key; another key is refused.",
  request: jsonBody(
    z.object({
      claimCode: z.string().max(40).openapi({ example: "7M4QX-0ZRTB" }),
      algorithm,
      publicKey: hexBytes(32, 33),
      proof: hexBytes(64).openapi({
        description: "Signature over SYE1 ‖ network ‖ hash of the claim code ‖ public key",
      }),
    }),
  ),
  responses: {
    200: answer("The terminal that the tablet now is", enrolmentReply),
    ...refusals(
      "request/malformed",
      "request/too-many",
      "claim-code/unknown",
      "claim-code/expired",
      "claim-code/used",
      "claim-code/bad-proof",
      "terminal/key-refused",
      "terminal/key-in-use",
      "terminal/revoked",
      "merchant/suspended",
    ),
  },
})
const tokenRoute = createRoute({
  method: "post",
  path: "/terminals/{id}/token",
  tags,
  summary: "Get the next broker token",
  description: "Signed by the terminal. A refused time carries the server's, in ms, as `expected`.",
  request: {
    ...byId,
    ...jsonBody(
      z.object({
        issuedAtMs: z
          .number()
          .int()
          .min(0)
          .openapi({ description: "The terminal's clock; rises from request to request" }),
        nonce: hexBytes(TOKEN_REQUEST_NONCE_BYTES),
        signature: hexBytes(64).openapi({ description: "Over SYT1 ‖ network ‖ terminal ‖ issuedAtMs ‖ nonce" }),
      }),
    ),
  },
  responses: {
    200: answer(
      "A token for an hour",
      z.object({
        brokerToken: z.string(),
        brokerTokenExpiresAtMs: milliseconds,
        brokerUrl: z.string(),
        serverTimeMs: milliseconds,
        state,
        payees: z.array(payeeNotice),
      }),
    ),
    ...refusals(
      "request/malformed",
      "terminal/unknown",
      "terminal/bad-signature",
      "terminal/revoked",
      "terminal/clock-off",
      "terminal/request-repeated",
    ),
  },
})
const listRoute = createRoute({
  method: "get",
  path: "/terminals",
  tags,
  summary: "List terminals",
  description: "`state=claimed` lists those whose fingerprint waits for a person.",
  security: byToken,
  request: {
    query: z.object({
      merchantId: uuid.optional(),
      siteId: uuid.optional(),
      state: state.optional(),
      after: terminalId.optional(),
      limit: pageSize,
    }),
  },
  responses: { 200: answer("Terminals of the token's sites", z.array(terminal)), ...refusals(...actorRefusals) },
})
const findRoute = createRoute({
  method: "get",
  path: "/terminals/{id}",
  tags,
  summary: "Look at a terminal",
  security: byToken,
  request: byId,
  responses: { 200: answer("The terminal", terminal), ...refusals(...actorRefusals, "terminal/unknown") },
})
const confirmRoute = createRoute({
  method: "post",
  path: "/terminals/{id}/confirm",
  tags,
  summary: "Confirm a terminal",
  description: "A person read the fingerprint off the tablet's screen.",
  security: byToken,
  request: { ...byId, ...jsonBody(z.object({ fingerprint })) },
  responses: {
    200: answer("The terminal, active", terminal),
    ...refusals(...actorRefusals, "terminal/unknown", "terminal/fingerprint-differs", "terminal/wrong-state"),
  },
})
const summaries = {
  suspend: "Stop a terminal from selling",
  resume: "Let a suspended terminal sell again",
  revoke: "End a terminal for ever",
} as const
const changeRoute = <const V extends keyof typeof summaries>(verb: V) =>
  createRoute({
    method: "post",
    path: `/terminals/{id}/${verb}`,
    tags,
    summary: summaries[verb],
    security: byToken,
    request: { ...byId, ...jsonBody(z.object({ reason })) },
    responses: {
      200: answer("The terminal", terminal),
      ...refusals(...actorRefusals, "terminal/unknown", "terminal/wrong-state"),
    },
  })

export function terminalRoutes({ ctx, tokens }: { readonly ctx: Context; readonly tokens: BrokerTokens }): Routes {
  const router = newRouter()
  const view = (row: Terminal) => terminalView(ctx.config.NETWORK_ID, row)
  router.openapi(enrolRoute, async (c) =>
    c.json(await enrol(ctx, tokens, { ...c.req.valid("json"), address: c.get("address") }), 200),
  )
  router.openapi(tokenRoute, async (c) =>
    c.json(await refreshBrokerToken(ctx, tokens, { ...c.req.valid("json"), terminalId: c.req.valid("param").id }), 200),
  )
  const operators = requireActor(ctx, "terminals:write")
  router.use("/terminals", operators)
  router.use("/terminals/:id", operators)
  router.openapi(listRoute, async (c) =>
    c.json((await listTerminals(ctx.db, c.get("actor"), c.req.valid("query"))).map(view), 200),
  )
  router.openapi(findRoute, async (c) =>
    c.json(view(await findTerminal(ctx.db, c.get("actor"), c.req.valid("param").id)), 200),
  )
  router.use("/terminals/:id/confirm", operators)
  router.openapi(confirmRoute, async (c) => {
    const { fingerprint } = c.req.valid("json")
    return c.json(view(await confirmTerminal(ctx, c.get("actor"), c.req.valid("param").id, fingerprint)), 200)
  })
  for (const verb of ["suspend", "resume", "revoke"] as const) {
    router.use(`/terminals/:id/${verb}`, operators)
    router.openapi(changeRoute(verb), async (c) => {
      const { reason } = c.req.valid("json")
      return c.json(view(await changeTerminalState(ctx, c.get("actor"), c.req.valid("param").id, verb, reason)), 200)
    })
  }
  return router
}

function terminalView(networkId: number, row: Terminal) {
  const { merchantId, siteId, state, algorithm, publicKey, clockOffsetMs, lastCounter } = row
  return {
    ...{ merchantId, siteId, state, algorithm, publicKey, clockOffsetMs, lastCounter },
    id: terminalToHex(row.id),
    fingerprint: keyFingerprint(networkId, terminalKey(row)),
    ...(row.lastSeenAt === null ? {} : { lastSeenAt: row.lastSeenAt.toISOString() }),
    ...(row.registeredTx === null ? {} : { registeredTx: row.registeredTx }),
    createdAt: row.createdAt.toISOString(),
    stateChangedAt: row.stateChangedAt.toISOString(),
  }
}
