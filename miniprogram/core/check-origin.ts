/**
 * Whether the ledger says what a trace shows of origins: the newest origin statement of each pile, proved like a sale,
 * is of these goods and their day, and names the sources that are shown.
 */
import type { GatewayClient } from "@suyuan/client/client"
import type { originReasonWords } from "@suyuan/look/proof-words"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import type { ProofOutcome } from "@suyuan/protocol/ledger/proof-report"
import type { OpenedRecord } from "@suyuan/protocol/ledger/record-types"
import { seconds2024ToMs, utcDayOf } from "@suyuan/protocol/units/instant"
import { type CheckedProof, checkProof, type ProofReaders, type ProofSetting } from "./check-proof"
import type { TraceAnswer } from "./origin-words"

type Trace = Pick<TraceAnswer, "originStatements"> & {
  readonly lines: readonly { readonly origin: OriginShown | null }[]
}
type OriginShown = Pick<NonNullable<TraceAnswer["lines"][number]["origin"]>, "sources">
type Statement = Extract<OpenedRecord, { kind: "origin-statement" }>

export interface CheckedOrigin {
  readonly outcome: ProofOutcome
  readonly reason: keyof typeof originReasonWords
}

const found = {
  named: "passed",
  "our-word": "our-word-only",
  untied: "our-word-only",
  "earlier-stock": "our-word-only",
  "nothing-shown": "not-applicable",
  provisional: "not-checked",
  unread: "not-checked",
  "not-proved": "failed",
  "another-pile": "failed",
} as const satisfies Record<CheckedOrigin["reason"], ProofOutcome>

/** Never rejects. @param sale as it was proved; undefined where its proof opens nothing, or failed */
export async function checkOrigin(
  gateway: Pick<GatewayClient, "getText">,
  trace: Trace,
  sale: OpenedRecord | undefined,
  readers: ProofReaders,
  setting: ProofSetting,
): Promise<CheckedOrigin> {
  const reason = await reasonOf(gateway, trace, sale, readers, setting)
  return { outcome: found[reason], reason }
}

async function reasonOf(
  gateway: Pick<GatewayClient, "getText">,
  trace: Trace,
  sale: OpenedRecord | undefined,
  readers: ProofReaders,
  setting: ProofSetting,
): Promise<CheckedOrigin["reason"]> {
  const shown = trace.lines.flatMap(({ origin }) => (origin?.sources ?? []).filter(({ mayGrams }) => mayGrams > 0))
  if (shown.length === 0) return "nothing-shown"
  if (trace.originStatements.length === 0) return "provisional"
  const checks = await Promise.all(
    trace.originStatements.map((recordId) =>
      readStatement(gateway, recordId, readers, setting).catch(() => "unread" as const),
    ),
  )
  const proved = checks.filter((check): check is CheckedProof => typeof check !== "string")
  if (proved.some(({ report, isUnfinished }) => !report.verified && !isUnfinished)) return "not-proved"
  if (checks.includes("unread") || proved.some(({ isUnfinished }) => isUnfinished)) return "unread"
  if (checks.includes("waiting")) return "provisional"
  const statements = proved.flatMap(({ report: { record } }) => (record?.kind === "origin-statement" ? [record] : []))
  if (statements.length < proved.length) return "not-proved"
  if (sale?.kind === "sale" && !statements.every((statement) => isOf(statement, sale))) return "another-pile"
  const named = new Set(
    statements.flatMap(({ public: { inflows } }) =>
      inflows.flatMap(({ sources }) => sources.map(({ source }) => toHex(source))),
    ),
  )
  if (!shown.every(({ lotId }) => named.has(lotId.replaceAll("-", "")))) return "earlier-stock"
  if (sale === undefined) return "untied"
  return proved.some(({ report }) => report.ourWordOnly) ? "our-word" : "named"
}

async function readStatement(
  gateway: Pick<GatewayClient, "getText">,
  recordId: string,
  readers: ProofReaders,
  setting: ProofSetting,
): Promise<CheckedProof | "waiting"> {
  const answer = await gateway.getText("/proofs/statements/{recordId}", { path: { recordId } })
  if (!answer.ok && answer.refusal.code === "ledger/not-anchored") return "waiting"
  if (!answer.ok) throw new Error(answer.refusal.code)
  const asked = { recordId: fromHex(recordId) ?? new Uint8Array(0) }
  return checkProof(answer.value, readers, { ...setting, asked }, "zh")
}

/** A site's day may begin at noon and its zone be another: the day is the sale's, or the one before or after it. */
function isOf({ public: statement }: Statement, { public: sale }: Extract<OpenedRecord, { kind: "sale" }>): boolean {
  const day = utcDayOf(seconds2024ToMs(sale.effectiveAtSeconds))
  const piles = sale.lines.map(({ sellerPileAlias }) => toHex(sellerPileAlias))
  return piles.includes(toHex(statement.pileAlias)) && Math.abs(statement.businessDay - day) <= 1
}
