import { z } from "@hono/zod-openapi"
import { msToSeconds2024 } from "@suyuan/protocol/units/instant"
import type { Coverage } from "../inspections/coverage"
import type { Inspection } from "../inspections/find-retested"
import { instant, uuid } from "./schemas"

const short = z.string().trim().min(1).max(32)
const since2024 = z.iso
  .datetime()
  .refine((text) => Date.parse(text) >= Date.UTC(2024, 0, 1), "a time since 2024")
  .transform((text) => msToSeconds2024(Date.parse(text)))
  .openapi({ type: "string", format: "date-time" })
const photoHash = z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in lower-case hex")
const permille = z.number().int().min(0)
const conclusion = z.enum(["passed", "failed"])

export const newInspection = z
  .object({
    id: uuid,
    merchantId: uuid,
    commodity: z.number().int().min(1),
    lotId: uuid.optional(),
    sampleNumber: short,
    sampledAt: since2024,
    testedAt: since2024,
    method: short.openapi({ example: "酶抑制率法" }),
    standard: short.openapi({ example: "GB/T 5009.199-2003" }),
    limitPermille: permille
      .min(1)
      .max(1000)
      .openapi({ description: "The standard's own; of one we do not know, as stated" }),
    inhibitionPermille: permille.max(2000),
    conclusion,
    instrument: short,
    testerRole: short,
    retestOf: uuid.optional().openapi({ description: "The test that this one repeats" }),
    photo: photoHash.optional().openapi({ description: "Of a photo that was stored before" }),
    channel: z.string().trim().min(1).max(16).optional(),
    reviewerRole: short.optional(),
  })
  .strict()

export const inspectionView = z
  .object({
    id: uuid,
    recordId: z.string(),
    merchantId: uuid,
    commodity: z.number().int(),
    lotId: uuid.optional(),
    sampleNumber: z.string(),
    sampledAt: instant,
    testedAt: instant,
    method: z.string(),
    standard: z.string(),
    limitPermille: permille,
    inhibitionPermille: permille,
    conclusion,
    instrument: z.string(),
    testerRole: z.string(),
    channel: z.string().optional(),
    reviewerRole: z.string().optional(),
    photo: photoHash.optional(),
    retestOf: uuid.optional(),
    supersededBy: uuid.optional().openapi({ description: "The one of the chain that counts" }),
    recallId: uuid.optional().openapi({ description: "The recall that it proposed" }),
  })
  .openapi("InspectionReport", { description: "只对本次检验样品负责" })

export function viewInspection(test: Inspection): z.infer<typeof inspectionView> {
  const { id, recordId, merchantId, commodity, sampleNumber, method, standard, limitPermille } = test
  const { inhibitionPermille, conclusion: said, instrument, testerRole } = test
  const given = {
    lotId: test.lotId,
    channel: test.channel,
    reviewerRole: test.reviewerRole,
    photo: test.photo,
    retestOf: test.retestOf,
    supersededBy: test.supersededBy,
    recallId: test.recallId,
  }
  return {
    ...{ id, recordId, merchantId, commodity, sampleNumber, method, standard, limitPermille, inhibitionPermille },
    ...{ conclusion: said, instrument, testerRole },
    ...{ sampledAt: test.sampledAt.toISOString(), testedAt: test.testedAt.toISOString() },
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)),
  }
}

const grams = z.number().int().min(0)
const percent = z.number().int().min(0).max(100)
const covered = z.object({ mustGrams: grams, mayGrams: grams, mustPercent: percent, mayPercent: percent })
export const coveredGrams = z
  .object({ grams, tested: covered, failed: covered, certified: covered })
  .openapi("CoveredGrams", { description: "Must is rounded down, may up" })

export function viewCoverage(coverage: Coverage): z.infer<typeof coveredGrams> {
  const view = ({ mustGrams, mayGrams }: Coverage["tested"]) => ({
    ...{ mustGrams, mayGrams },
    mustPercent: coverage.grams === 0 ? 0 : Math.floor((mustGrams * 100) / coverage.grams),
    mayPercent: coverage.grams === 0 ? 0 : Math.ceil((mayGrams * 100) / coverage.grams),
  })
  return {
    grams: coverage.grams,
    tested: view(coverage.tested),
    failed: view(coverage.failed),
    certified: view(coverage.certified),
  }
}
