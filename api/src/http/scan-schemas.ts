import { z } from "@hono/zod-openapi"

const fen = z.number().int().min(0)
const grams = z.number().int().min(0)
const gramRange = z.object({ mustGrams: grams, mayGrams: grams })

export const inspectionSchema = z
  .object({
    sampleNumber: z.string(),
    testedAt: z.string(),
    method: z.string(),
    standard: z.string(),
    limitPermille: z.number().int(),
    inhibitionPermille: z.number().int(),
    conclusion: z.enum(["passed", "failed"]),
    recordId: z.string(),
    isSuperseded: z.boolean().optional().openapi({ description: "It was done again: the newer test counts" }),
    photo: z.string().optional().openapi({ description: "Path of its photo" }),
  })
  .openapi("Inspection")

const percents = z.object({
  mustPercent: z.number().int().min(0).max(100),
  mayPercent: z.number().int().min(0).max(100),
})

export const coverageSchema = z
  .object({ tested: percents, failed: percents, certified: percents })
  .openapi("Coverage", {
    description:
      "How much of the goods must (rounded down) and may (rounded up) be of lots from a pile whose sample passed, failed, or that carry a certificate",
  })

export const originSchema = z
  .object({
    kind: z.enum(["all-from", "partly-from", "one-or-several", "unknown"]),
    places: z.array(z.string()),
    placesEn: z.array(z.string()),
    bases: z
      .number()
      .int()
      .optional()
      .openapi({ description: "How many bases the goods can be from inside the one place, a county or a province" }),
    atLeast: z
      .object({ place: z.string(), placeEn: z.string(), percent: z.number().int().min(1).max(100) })
      .optional()
      .openapi({ description: "The place of which most is certain, rounded down, where it is not all from one" }),
    unknownHighPercent: z.number().int(),
    grams,
    unknown: gramRange,
    sources: z.array(
      gramRange.extend({
        lotId: z.string(),
        base: z.string(),
        baseEn: z.string(),
        province: z.string(),
        declaredOrigin: z.string(),
        harvestedAt: z.string(),
      }),
    ),
    expected: z
      .object({
        method: z.enum(["mixing", "blend"]),
        firstInPercent: z.number().int().min(0).max(100),
        lastInPercent: z.number().int().min(0).max(100),
        unknownGrams: grams,
        sources: z.array(z.object({ lotId: z.string(), grams })),
      })
      .optional()
      .openapi({ description: "An estimate, inside the ranges, by the method that it names: no claim" }),
  })
  .openapi("Origin", { description: "How much of each source must and may be in the goods; never shares multiplied" })

export const recallInForceSchema = z
  .object({ recallId: z.string(), reason: z.string() })
  .openapi("RecallInForce", { description: "A recall in force that these goods may be of" })

const lineSchema = z.object({
  name: z.string().nullable(),
  nameEn: z.string().nullable(),
  quantityText: z.string(),
  quantityTextEn: z.string(),
  unitPriceText: z.string(),
  unitPriceTextEn: z.string(),
  amountFen: fen,
  declaredOrigin: z.string().nullable(),
  pile: z
    .object({ origin: originSchema, inspections: z.array(inspectionSchema), certificates: z.number().int() })
    .nullable(),
  recalls: z.array(recallInForceSchema),
  coverage: coverageSchema.nullable().openapi({
    description: "Of this bag, if it is weighed out of the goods that the stall has now; null where the book has less",
  }),
})

export const saleSchema = z
  .object({
    development: z.boolean(),
    terminal: z.string(),
    counter: z.number().int(),
    stall: z.object({
      ...{ name: z.string(), number: z.string(), site: z.string(), siteEn: z.string() },
      zone: z.string().openapi({ description: "Of the market's calendar", example: "Asia/Shanghai" }),
      photo: z.string().nullable().openapi({ description: "Path of the stall's photo" }),
    }),
    stallOnline: z.boolean(),
    issuedAt: z.string(),
    amountFen: fen,
    lineCount: z.number().int(),
    lines: z.array(lineSchema).nullable(),
    state: z.enum(["presented", "paying", "paid", "closed"]),
    paidFen: fen,
    refundedFen: fen,
    canPay: z.boolean(),
    refusal: z.string().nullable(),
    refusalText: z.string().optional().openapi({ description: "Why nothing is paid now, as a sentence" }),
    refusalTextEn: z.string().optional(),
  })
  .openapi("Sale")

const bridgeSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("wechat-jsapi"),
    appId: z.string(),
    timeStamp: z.string(),
    nonceStr: z.string(),
    package: z.string(),
    signType: z.literal("RSA"),
    paySign: z.string(),
  }),
  z.object({ kind: z.literal("alipay"), tradeNO: z.string() }),
  z.object({
    kind: z.literal("native"),
    codeUrl: z.string().openapi({ description: "Text of the QR code that the payer scans with the wallet" }),
    image: z.string().openapi({ description: "The code drawn, as a data address" }),
  }),
  z.object({
    kind: z.literal("redirect"),
    url: z.string().openapi({ description: "Where the browser goes; it is led back to the page" }),
  }),
])

export const openedPaymentSchema = z
  .object({
    attempt: z.object({ outTradeNo: z.string(), state: z.string(), expiresAt: z.string() }),
    sale: z.object({ state: z.string(), paidFen: fen, refundedFen: fen, version: z.number().int() }),
    bridge: bridgeSchema.nullable(),
  })
  .openapi("OpenedPayment")

export const saleStateSchema = z
  .object({
    state: z.enum(["presented", "paying", "paid", "closed"]),
    paidFen: fen,
    refundedFen: fen,
    platform: z.enum(["wechat-pay", "alipay", "cash"]).nullable(),
    version: z.number().int(),
    paidByMe: z.boolean(),
    recordId: z.string().nullable(),
    receiptDigits: z.string().nullable(),
  })
  .openapi("SaleState")
