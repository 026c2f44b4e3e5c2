/** What a line of a platform's bill says against what stands in our books. Pure. */
import type { AttemptRow, RefundRow } from "./attempts"
import type { BillLine, BillPayment, BillRefund } from "./daily-bill"
import type { Platform } from "./payment-provider"

/** What a comparison needs of our own rows. */
export type OwnPayment = Pick<
  AttemptRow,
  "platform" | "payeeAccount" | "siteId" | "state" | "receivedFen" | "amountFen"
>
export type OwnRefund = Pick<RefundRow, "platform" | "outTradeNo" | "siteId" | "state" | "amountFen"> & {
  readonly succeededAtMs: number | null
}

export type Repair = "query-and-settle" | "refund" | "alarm"

export type Difference = {
  readonly outTradeNo: string
  readonly outRefundNo: string
  readonly siteId: string | null
  readonly payeeAccount: string
  readonly kind: "missing-here" | "missing-there" | "amount-differs" | "state-differs"
  readonly hereState: string | null
  readonly hereFen: number | null
  readonly thereState: string | null
  readonly thereFen: number | null
  readonly repair: Repair
}

function said(line: BillLine) {
  return {
    outTradeNo: line.outTradeNo,
    outRefundNo: line.about === "refund" ? line.outRefundNo : "",
    payeeAccount: line.payeeAccount,
    thereState: line.about === "refund" ? line.state : "succeeded",
    thereFen: line.amountFen,
  }
}

const nothing = { siteId: null, hereState: null, hereFen: null }

/** Undefined when both agree. Money that nothing here explains is a person's: nothing is sent by guess. */
export function comparePayment(
  platform: Platform,
  line: BillPayment,
  attempt: OwnPayment | undefined,
): Difference | undefined {
  const ours = attempt?.platform === platform && attempt.payeeAccount === line.payeeAccount ? attempt : undefined
  if (ours === undefined) return { ...said(line), ...nothing, kind: "missing-here", repair: "alarm" }
  const hereFen = ours.receivedFen ?? ours.amountFen
  const here = { siteId: ours.siteId, hereState: ours.state, hereFen }
  if (ours.state !== "succeeded") return { ...said(line), ...here, kind: "state-differs", repair: "query-and-settle" }
  if (hereFen !== line.amountFen) return { ...said(line), ...here, kind: "amount-differs", repair: "alarm" }
  return undefined
}

/** What a bill says of a refund that stands so in our books; one that was only stored is in no bill. */
const billedAs = {
  prepared: undefined,
  sent: "processing",
  unknown: "processing",
  open: "processing",
  succeeded: "succeeded",
  failed: "failed",
  closed: "failed",
} as const satisfies Record<RefundRow["state"], BillRefund["state"] | undefined>

/**
 * @param dayEndMs when the bill's day was over: it is made later, and tells how things stood at some time after that
 */
export function compareRefund(
  platform: Platform,
  line: BillRefund,
  refund: OwnRefund | undefined,
  dayEndMs: number,
): Difference | undefined {
  const ours = refund?.platform === platform && refund.outTradeNo === line.outTradeNo ? refund : undefined
  if (ours === undefined) return { ...said(line), ...nothing, kind: "missing-here", repair: "alarm" }
  const here = { siteId: ours.siteId, hereState: ours.state, hereFen: ours.amountFen }
  if (ours.amountFen !== line.amountFen) return { ...said(line), ...here, kind: "amount-differs", repair: "alarm" }
  if (billedAs[ours.state] === line.state) return undefined
  // Done since the bill was made.
  if (ours.state === "succeeded" && (ours.succeededAtMs ?? 0) >= dayEndMs) return undefined
  // Ours says done and theirs does not: sending again is no cure for what we already counted.
  const repair = ours.state === "succeeded" || line.state === "failed" ? "alarm" : "query-and-settle"
  return { ...said(line), ...here, kind: "state-differs", repair }
}

/** In our books as done that day, and in no bill. A refund is asked for again under its own number. */
export function missingThere(row: AttemptRow | RefundRow, payeeAccount: string): Difference {
  const refund = "outRefundNo" in row ? row : undefined
  return {
    outTradeNo: row.outTradeNo,
    outRefundNo: refund?.outRefundNo ?? "",
    siteId: row.siteId,
    payeeAccount,
    kind: "missing-there",
    hereState: row.state,
    hereFen: "receivedFen" in row ? row.receivedFen : row.amountFen,
    thereState: null,
    thereFen: null,
    repair: refund === undefined ? "query-and-settle" : "refund",
  }
}
