import { createRoute, z } from "@hono/zod-openapi"
import { REISSUE_REASONS } from "@suyuan/protocol/terminal/certificate-answer"
import { answerDraft } from "../certificates/answer-draft"
import { type DraftRow, draftReissue, parentsOf } from "../certificates/draft-reissue"
import { listCollected, listDrafts } from "../certificates/list-certificates"
import type { Context } from "../context"
import { requireReader } from "./reader"
import { refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, byBuyer, byToken, hexBytes, instant, jsonBody, terminalId, uuid } from "./schemas"

const tags = ["certificates"]
const byId = { params: z.object({ id: uuid }) }
const grams = z.number().int().min(0)
const recordId = z.string().regex(/^[0-9a-f]{32}$/)
const reason = z.enum(Object.keys(REISSUE_REASONS) as [keyof typeof REISSUE_REASONS])
const readers = [...byBuyer, ...byToken]
const readerRefusals = [
  "request/malformed",
  "request/unauthenticated",
  "request/forbidden",
  "merchant/unknown",
] as const

const collected = z
  .object({
    saleRecordId: recordId,
    line: z.number().int(),
    certificateId: uuid,
    recordId,
    commodity: z.number().int(),
    name: z.string().optional(),
    origin: z.string(),
    grams: grams.openapi({ description: "What the certificate covers" }),
    issuedAt: instant,
    promiseBasis: z.string(),
    isReissued: z.boolean().openapi({ description: "For goods that the seller had mixed or repacked" }),
    mustGrams: grams,
    mayGrams: grams,
    collectedAt: instant,
  })
  .openapi("CollectedCertificate")

const draft = z
  .object({
    id: uuid,
    merchantId: uuid,
    commodity: z.number().int(),
    reason,
    grams,
    origin: z.string(),
    promiseBasis: z.string(),
    parents: z.array(z.object({ certificateId: uuid, recordId, mustGrams: grams, mayGrams: grams })),
    digest: z.string().openapi({ description: "SHA-256 of what the terminal signs, in hex" }),
    state: z.enum(["draft", "issued", "discarded"]),
    draftedAt: instant,
    recordId: recordId.optional(),
  })
  .openapi("CertificateDraft")

const collectedRoute = createRoute({
  method: "get",
  path: "/certificates",
  tags,
  summary: "The certificates that came with what a merchant bought",
  description:
    "The newest first, at most 200; with `saleRecordId` those of one purchase. For its bound wallets and its site's operators.",
  security: readers,
  request: { query: z.object({ merchantId: uuid, saleRecordId: recordId.optional() }) },
  responses: { 200: answer("Collected", z.array(collected)), ...refusals(...readerRefusals) },
})
const draftsRoute = createRoute({
  method: "get",
  path: "/certificate-drafts",
  tags,
  summary: "A merchant's drafts of certificates for mixed goods",
  security: readers,
  request: { query: z.object({ merchantId: uuid }) },
  responses: { 200: answer("The newest first", z.array(draft)), ...refusals(...readerRefusals) },
})
const draftRoute = createRoute({
  method: "post",
  path: "/certificate-drafts",
  tags,
  summary: "Draft a certificate for goods that were mixed or repacked",
  description:
    "Lists the certificates that came with what is in the pile now, with how much of each must and may be in these goods. Nobody's promise before the stall's terminal has signed it. The caller makes the id; the same again is success.",
  security: readers,
  request: {
    ...jsonBody(
      z
        .object({
          id: uuid,
          merchantId: uuid,
          commodity: z.number().int().min(1).max(0x7fff_ffff),
          reason,
          grams: grams.min(1).optional().openapi({ description: "All that is in stock when left out" }),
          promiseBasis: z.string().trim().min(1).max(64).openapi({ example: "自行检测合格" }),
        })
        .strict(),
    ),
  },
  responses: {
    200: answer("The draft", draft),
    ...refusals(
      ...readerRefusals,
      "request/conflict",
      "certificate/nothing-collected",
      "certificate/too-many-parents",
      "certificate/above-stock",
    ),
  },
})
const answerRoute = createRoute({
  method: "post",
  path: "/certificate-drafts/{id}/answers",
  tags,
  summary: "The stall's terminal issues the certificate, or discards the draft",
  request: {
    ...byId,
    ...jsonBody(
      z.object({
        terminalId,
        answer: z.enum(["issue", "discard"]),
        signature: hexBytes(64).openapi({
          description: "Over SYG1 ‖ network ‖ terminal ‖ draft id ‖ answer (1 issue, 2 discard) ‖ digest",
        }),
      }),
    ),
  },
  responses: {
    200: answer("The draft", draft),
    ...refusals(
      "request/malformed",
      "certificate/draft-unknown",
      "certificate/wrong-state",
      "certificate/draft-expired",
      "certificate/above-stock",
      "request/conflict",
      "terminal/unknown",
      "terminal/not-confirmed",
      "terminal/suspended",
      "terminal/revoked",
      "terminal/bad-signature",
    ),
  },
})

export function certificateRoutes({ ctx }: { readonly ctx: Context }): Routes {
  const router = newRouter()
  for (const path of ["/certificates", "/certificate-drafts"]) router.use(path, requireReader(ctx))
  router.openapi(collectedRoute, async (c) => {
    const { merchantId, saleRecordId } = c.req.valid("query")
    return c.json((await listCollected(ctx.db, c.get("actor"), merchantId, saleRecordId)).map(collectedView), 200)
  })
  router.openapi(draftsRoute, async (c) =>
    c.json((await listDrafts(ctx.db, c.get("actor"), c.req.valid("query").merchantId)).map(draftView), 200),
  )
  router.openapi(draftRoute, async (c) =>
    c.json(draftView(await draftReissue(ctx, c.get("actor"), c.req.valid("json"))), 200),
  )
  router.openapi(answerRoute, async (c) =>
    c.json(draftView(await answerDraft(ctx, { ...c.req.valid("json"), draftId: c.req.valid("param").id })), 200),
  )
  return router
}

function collectedView({
  collected: { saleRecordId, line, certificateId, mustGrams, mayGrams, collectedAt },
  certificate,
  nameZh,
}: Awaited<ReturnType<typeof listCollected>>[number]): z.infer<typeof collected> {
  const { recordId: id, commodity, origin, grams: covered, issuedAt, promiseBasis, pileId } = certificate
  return {
    ...{ saleRecordId, line, certificateId, recordId: id, commodity, origin, grams: covered, promiseBasis },
    ...(nameZh === null ? {} : { name: nameZh }),
    ...{ issuedAt: issuedAt.toISOString(), isReissued: pileId !== null, mustGrams, mayGrams },
    collectedAt: collectedAt.toISOString(),
  }
}

function draftView(row: DraftRow): z.infer<typeof draft> {
  const { id, merchantId, commodity, reason: why, grams: covered, origin, promiseBasis, digest, state } = row
  return {
    ...{ id, merchantId, commodity, reason: why, grams: covered, origin, promiseBasis, digest, state },
    parents: parentsOf(row).map((parent) => ({ ...parent })),
    draftedAt: row.draftedAt.toISOString(),
    ...(row.recordId === null ? {} : { recordId: row.recordId }),
  }
}
