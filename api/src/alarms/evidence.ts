import { z } from "zod"

const grams = z.number().int().min(0)
const count = z.number().int().min(0)
const fen = z.number().int().min(0)
const permille = z.number().int().min(0)
const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
const at = z.iso.datetime()

/** Names kept of what an alarm is about; more are counted only. */
export const namedMax = 20

/**
 * What each kind of alarm says, whole: the figures that raised it and the thresholds that they were held against, so that
 * nobody need guess later why. Ids of stalls, places, sales and numbers at platforms; never a person.
 */
export const evidenceSchemas = {
  "unknown-share": z.strictObject({
    commodity: count,
    outsideGrams: grams,
    shortfallGrams: grams,
    surplusGrams: grams,
    /** All that came in that day, unknown goods among it; or what was sold where that is more. */
    handledGrams: grams,
    sharePermille: permille,
    tolerancePermille: permille,
  }),
  "sold-above-bought": z.strictObject({
    commodity: count,
    soldGrams: grams,
    /** There in the morning and come in since. */
    hadGrams: grams,
    shortfallGrams: grams,
    toleranceGrams: grams,
  }),
  "impossible-speed": z.strictObject({
    commodity: count,
    grams,
    fromSiteId: uuid,
    toSiteId: uuid,
    leftAt: at,
    arrivedAt: at,
    distanceKm: z.number().min(0),
    minutes: z.number().min(0),
    /** Null where no time passed at all. */
    kmPerHour: z.number().min(0).nullable(),
    limitKmPerHour: count,
  }),
  "own-wallet": z.strictObject({
    payments: count,
    amountFen: fen,
    wallets: count,
    paymentsMin: count,
    sales: z.array(z.string().regex(/^[0-9a-f]{10}\/[0-9]+$/)).max(namedMax),
  }),
  "round-amounts": z.strictObject({
    sales: count,
    roundSales: count,
    /** Of the other stalls' sales of the site, or the least that is expected anywhere. */
    expectedPermille: permille,
    /** Of so many or more by chance: 10 to the power of minus this. */
    chanceExponent: z.number().min(0),
    roundFen: fen,
  }),
  "terminal-copied": z.strictObject({
    terminal: z.string().regex(/^[0-9a-f]{10}$/),
    conflicts: count,
    /** Sales by counter and uploads by id, of which two contents were signed. */
    named: z.array(z.string().max(64)).max(namedMax),
  }),
  "registry-differs": z.strictObject({
    terminal: z.string().regex(/^[0-9a-f]{10}$/),
    enrolledKey: z.string().max(66),
    enrolledOrganisation: count,
    registeredKey: z.string().max(66),
    registeredOrganisation: count,
  }),
  "sealing-key": z.strictObject({
    organisation: count,
    /** As the operator entered it; a dash where nothing was. */
    enteredSealingKey: z.string().max(64),
    registeredSealingKey: z.string().max(64),
    /** Whether keys can be wrapped to the registered one at all. */
    isUsable: z.boolean(),
  }),
  "upload-given-up": z.strictObject({
    terminal: z.string().regex(/^[0-9a-f]{10}$/),
    uploads: count,
    /** Kind, id and what each waited for. */
    givenUp: z.array(z.string().max(100)).max(namedMax),
  }),
  payment: z.strictObject({
    reason: z.string().regex(/^[a-z]+\/[a-z-]+$/),
    number: z.string().max(64),
    detail: z.record(z.string().max(40), z.union([z.string().max(200), z.number()])),
  }),
  "stray-rows": z.strictObject({ table: z.string().max(64), rowsDay: z.string(), rows: count }),
} as const

export type AlarmKind = keyof typeof evidenceSchemas
export type Evidence<K extends AlarmKind> = z.infer<(typeof evidenceSchemas)[K]>
export const alarmKinds = Object.keys(evidenceSchemas) as [AlarmKind, ...AlarmKind[]]

/** Found in what traded; looked for again as later records arrive. The others are events: what happened stays so. */
export const judgedKinds = [
  "unknown-share",
  "sold-above-bought",
  "impossible-speed",
  "own-wallet",
  "round-amounts",
] as const
