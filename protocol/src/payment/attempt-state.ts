/**
 * One attempt at a platform, or one refund there: an outcome is succeeded, failed or unknown, and only a query or a
 * notification settles. Both kinds of request run through the same states.
 *
 * prepared   stored, with its number, before anything is sent
 * sent       on its way; we do not know whether it arrived
 * unknown    timed out or was answered without a trustworthy signature
 * open       the platform has it; nobody has paid (or the refund is being processed)
 * succeeded  the platform says that the money moved
 * failed     the platform refused it for good
 * closed     the platform will take no money for it any more
 */
export type AttemptState = "prepared" | "sent" | "unknown" | "open" | "succeeded" | "failed" | "closed"

export type AttemptEvent =
  | "sending"
  /** No answer in time, a broken connection, SYSTEM_ERROR, or a response whose signature does not verify. */
  | "answer-missing"
  /** The platform knows the number and waits for the payer, or for the bank. */
  | "accepted"
  /** The platform does not know the number (ORDER_NOT_EXIST, ACQ.TRADE_NOT_EXIST): the request was lost. */
  | "not-found"
  /** The request met with a refusal, and it is certain that no earlier one was taken. */
  | "refused"
  /** The platform had it, and ends it without success (a refund that is ABNORMAL). */
  | "gave-up"
  | "succeeded"
  | "closed"

export type AttemptChange =
  | { readonly kind: "ignored" }
  | { readonly kind: "applied"; readonly state: AttemptState }
  /** Send again, under the same number; the state stays as it is until then. */
  | { readonly kind: "send-again" }

/** What is absent is ignored. Money that moved is never argued away: every state but `succeeded` goes there. */
const TRANSITIONS: Readonly<
  Record<AttemptState, Readonly<Partial<Record<AttemptEvent, AttemptState | "send-again">>>>
> = {
  prepared: { sending: "sent", succeeded: "succeeded", closed: "closed" },
  sent: {
    "answer-missing": "unknown",
    accepted: "open",
    // A query can overtake the create that it asks about: still lost only when the create has no answer either.
    refused: "failed",
    "gave-up": "failed",
    succeeded: "succeeded",
    closed: "closed",
  },
  unknown: {
    sending: "sent",
    accepted: "open",
    "not-found": "send-again",
    refused: "failed",
    "gave-up": "failed",
    succeeded: "succeeded",
    closed: "closed",
  },
  // It was taken once: what a repeated request, or a query, meets with says nothing against it.
  open: { "gave-up": "failed", succeeded: "succeeded", closed: "closed" },
  succeeded: {},
  failed: { succeeded: "succeeded" },
  closed: { succeeded: "succeeded" },
}

export function changeAttempt(state: AttemptState, event: AttemptEvent): AttemptChange {
  const next = TRANSITIONS[state][event]
  if (next === undefined) return { kind: "ignored" }
  return next === "send-again" ? { kind: "send-again" } : { kind: "applied", state: next }
}

/** The platform may still take (or return) money for it. */
export function mayMoveMoney(state: AttemptState): boolean {
  return state === "sent" || state === "unknown" || state === "open"
}
