/**
 * What the gateway says to a terminal on `down/<topic>`: JSON, closed by these schemas (docs/specs/upload.md, the
 * payment's version rule in docs/specs/pay-code.md). The broker carries it, so every field is checked.
 */
import { z } from "zod"

const v = z.literal(1)
const fen = z.number().int().min(0)
const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
const counter = z.number().int().min(0).max(0xffff_ffff)

const ackMessage = z.object({
  v,
  acks: z
    .array(
      z.object({
        id: uuid,
        result: z.enum(["stored", "refused"]),
        code: z.string().max(64).optional(),
      }),
    )
    .max(1000),
})

const paymentMessage = z.object({
  v,
  counter,
  state: z.enum(["presented", "paying", "paid", "closed"]),
  paidFen: fen,
  refundedFen: fen,
  platform: z.enum(["wechat-pay", "alipay", "cash"]).nullable(),
  /** Rises with every change: an older one that comes later is dropped. */
  version: z.number().int().min(0),
})

/** What is known of payers before anybody knows of money: for the screen alone, and settles nothing (PY-23). */
const hintMessage = z.object({
  v,
  counter,
  /** Nobody is at it any more, as far as is known; or somebody is again. */
  hint: z.enum(["gave-up", "came-back"]),
  /** Of the sale when it was said: what its money came to since goes before. */
  version: z.number().int().min(0),
  atMs: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
})

/** All that the stall must not sell for now; an older version that comes later is dropped. */
const stallHolds = z.object({
  version: z.number().int().min(0),
  holds: z
    .array(
      z.object({
        recallId: uuid,
        commodity: z.number().int().min(0).max(0xffff_ffff),
        lot: uuid.nullable(),
        reason: z.string().max(200),
      }),
    )
    .max(1000),
})
const holdsMessage = stallHolds.extend({ v })

const helloMessage = z.object({
  v,
  nonce: z.string().regex(/^[0-9a-f]{16}$/),
  serverTimeMs: z.number().int(),
  /** How the gateway judges this terminal; one of before does not say. */
  state: z.string().max(32).optional(),
  /** With every hello, so that a terminal that was away learns it; a gateway of before does not say. */
  holds: stallHolds.optional(),
})

const payeeAccount = z.object({ mode: z.enum(["service-provider", "direct"]), account: z.string().max(64) })
const payeeNotice = {
  platform: z.string().max(32),
  /** Where the money is to go, for the seller to compare; a gateway of before does not say. */
  payee: payeeAccount.optional(),
  /** Where it goes until then; a gateway of before does not say. */
  inForce: payeeAccount.optional(),
}

const payeeSteps = [
  z.object({ kind: z.enum(["payee-proposed", "payee-withdrawn", "payee-applied"]), ...payeeNotice }),
  z.object({ kind: z.literal("payee-approved"), ...payeeNotice, appliesAtMs: z.number().int() }),
] as const

/** The same as the gateway says it with each token. */
export const payeeWord = z.discriminatedUnion("kind", payeeSteps)

const noticeMessage = z.discriminatedUnion("kind", [
  z.object({ v, kind: z.literal("state"), state: z.string().max(32) }),
  payeeSteps[0].extend({ v }),
  payeeSteps[1].extend({ v }),
  z.object({
    v,
    kind: z.literal("binding-claimed"),
    bindingId: uuid,
    nonce: z.string().regex(/^[0-9a-f]{16}$/),
    digits: z.string().regex(/^[0-9]{2}$/),
  }),
  z.object({ v, kind: z.literal("binding-ended"), bindingId: uuid }),
  z.object({ v, kind: z.literal("display-paired"), displayId: uuid }),
  z.object({
    v,
    kind: z.literal("stock-counted"),
    uploadId: uuid,
    commodity: z.number().int().min(0).max(0xffff_ffff),
    countedGrams: z.number().int().min(0).max(0xffff_ffff),
    bookGrams: z.number().int(),
  }),
  z.object({
    v,
    kind: z.literal("stock-now"),
    uploadId: uuid,
    commodity: z.number().int().min(0).max(0xffff_ffff),
    bookGrams: z.number().int(),
  }),
  z.object({
    v,
    kind: z.literal("certificate-drafted"),
    draft: z.object({
      id: uuid,
      commodity: z.number().int().min(0).max(0xffff_ffff),
      grams: z.number().int().min(0).max(0xff_ffff_ffff),
      origin: z.string().min(1).max(64),
      promiseBasis: z.string().min(1).max(64),
      reason: z.enum(["mixed", "repacked"]),
      parents: z
        .array(
          z.object({
            recordId: z.string().regex(/^[0-9a-f]{32}$/),
            mustGrams: z.number().int().min(0).max(0xff_ffff_ffff),
            mayGrams: z.number().int().min(0).max(0xff_ffff_ffff),
          }),
        )
        .min(1)
        .max(100),
    }),
  }),
  z.object({
    v,
    kind: z.literal("purchase-offered"),
    saleRecordId: z.string().regex(/^[0-9a-f]{32}$/),
    lineIndex: z.number().int().min(0).max(254),
    commodity: z.number().int().min(0).max(0xffff_ffff),
    grams: z.number().int().min(0).max(0xffff_ffff),
  }),
  z.object({
    v,
    kind: z.literal("purchase-answered"),
    saleRecordId: z.string().regex(/^[0-9a-f]{32}$/),
    lineIndex: z.number().int().min(0).max(254),
    commodity: z.number().int().min(0).max(0xffff_ffff),
    grams: z.number().int().min(0).max(0xffff_ffff),
    outcome: z.enum(["accepted", "private", "refused"]),
    acceptedGrams: z.number().int().min(0).max(0xffff_ffff),
    decidedAtMs: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
    uploadId: uuid,
    isNewest: z.boolean(),
  }),
])

const downMessages = {
  ack: ackMessage,
  payment: paymentMessage,
  hint: hintMessage,
  hello: helloMessage,
  notice: noticeMessage,
  holds: holdsMessage,
} as const satisfies Record<string, z.ZodType>

export type DownTopic = keyof typeof downMessages
export type DownMessage = {
  [Topic in DownTopic]: { topic: Topic; message: z.infer<(typeof downMessages)[Topic]> }
}[DownTopic]
export type Ack = z.infer<typeof ackMessage>["acks"][number]
export type PaymentNews = z.infer<typeof paymentMessage>
export type PayerHint = z.infer<typeof hintMessage>
export type StallHolds = z.infer<typeof stallHolds>
export type Notice = z.infer<typeof noticeMessage>

/** `undefined` for what this terminal does not know: a newer gateway may say more. */
export function parseDownMessage(topic: string, text: string): DownMessage | undefined {
  if (!Object.hasOwn(downMessages, topic)) return undefined
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  const parsed = downMessages[topic as DownTopic].safeParse(json)
  return parsed.success ? ({ topic, message: parsed.data } as DownMessage) : undefined
}
