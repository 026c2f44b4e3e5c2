import { describe, expect, test } from "bun:test"
import {
  type AttemptEvent,
  type AttemptState,
  changeAttempt,
  mayMoveMoney,
} from "@suyuan/protocol/payment/attempt-state"
import fc from "fast-check"

const states: readonly AttemptState[] = ["prepared", "sent", "unknown", "open", "succeeded", "failed", "closed"]
const events: readonly AttemptEvent[] = [
  "sending",
  "answer-missing",
  "accepted",
  "not-found",
  "refused",
  "gave-up",
  "succeeded",
  "closed",
]

/** `→` nothing changes, `again` sends again under the same number. */
const table: Readonly<Record<AttemptState, readonly string[]>> = {
  //         sending  answer-missing accepted not-found refused   gave-up   succeeded    closed
  prepared: ["sent", "→", "→", "→", "→", "→", "succeeded", "closed"],
  sent: ["→", "unknown", "open", "→", "failed", "failed", "succeeded", "closed"],
  unknown: ["sent", "→", "open", "again", "failed", "failed", "succeeded", "closed"],
  open: ["→", "→", "→", "→", "→", "failed", "succeeded", "closed"],
  succeeded: ["→", "→", "→", "→", "→", "→", "→", "→"],
  failed: ["→", "→", "→", "→", "→", "→", "succeeded", "→"],
  closed: ["→", "→", "→", "→", "→", "→", "succeeded", "→"],
}

describe("an attempt at a platform", () => {
  for (const state of states) {
    for (const [index, event] of events.entries()) {
      const expected = table[state][index]!
      test(`${state}, ${event}: ${expected}`, () => {
        const change = changeAttempt(state, event)
        if (expected === "→") expect(change).toEqual({ kind: "ignored" })
        else if (expected === "again") expect(change).toEqual({ kind: "send-again" })
        else expect(change as unknown).toEqual({ kind: "applied", state: expected })
      })
    }
  }

  test("a lost request is sent again, never failed; a lost response is found by query", () => {
    const lost = changeAttempt("sent", "answer-missing")
    expect(lost).toEqual({ kind: "applied", state: "unknown" })
    expect(changeAttempt("unknown", "not-found")).toEqual({ kind: "send-again" })
    expect(changeAttempt("unknown", "sending")).toEqual({ kind: "applied", state: "sent" })
    expect(changeAttempt("unknown", "accepted")).toEqual({ kind: "applied", state: "open" })
  })

  test("money that moved is counted from every state but the one that counted it, in any order of news", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 12 }), (news) => {
        let state: AttemptState = "prepared"
        let counted = 0
        for (const event of news) {
          const change = changeAttempt(state, event)
          if (change.kind !== "applied") continue
          if (change.state === "succeeded") counted++
          state = change.state
        }
        expect(counted).toBe(news.includes("succeeded") ? 1 : 0)
      }),
    )
  })

  test("may still move money while the platform might have it", () => {
    expect(states.filter(mayMoveMoney)).toEqual(["sent", "unknown", "open"])
  })
})
