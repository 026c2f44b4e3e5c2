import { expect, test } from "bun:test"
import type { TransportRequest, TransportResponse } from "@suyuan/client/transport"
import { type FollowOptions, followSale, type SaleState } from "@suyuan/miniprogram/follow-sale"

const presented: SaleState = {
  ...{ state: "presented", paidFen: 0, refundedFen: 0, platform: null, version: 1, paidByMe: false },
  ...{ recordId: null, receiptDigits: null },
}
const paying: SaleState = { ...presented, state: "paying", version: 2 }
const paid: SaleState = { ...presented, state: "paid", paidFen: 900, platform: "alipay", version: 3, paidByMe: true }

type Answer = SaleState | { status: number; json: unknown } | "no-answer"

/** Follows a sale through these answers; the last one is given for ever. */
async function follow(answers: readonly Answer[], more: Partial<FollowOptions> = {}) {
  const asked: TransportRequest[] = []
  const waits: number[] = []
  const seen: SaleState[] = []
  const network: boolean[] = []
  const transport = async (request: TransportRequest): Promise<TransportResponse> => {
    const answer = answers[Math.min(asked.length, answers.length - 1)]
    asked.push(request)
    if (answer === "no-answer" || answer === undefined) throw new Error("no network")
    const { status, json } = "json" in answer ? answer : { status: 200, json: answer }
    return { status, headers: {}, body: JSON.stringify(json) }
  }
  const end = await followSale({
    ...{ transport, digits: "123", wait: async (ms: number) => void waits.push(ms) },
    ...{ onState: (state: SaleState) => seen.push(state), onNetwork: (isThere: boolean) => network.push(isThere) },
    ...more,
  })
  return { end, asked, waits, seen, network }
}

test("asks until the gateway says paid, and shows each newer state once", async () => {
  const { end, seen, asked } = await follow([presented, presented, paying, paying, paid], { token: () => "syb_x" })
  expect(end).toEqual({ end: "settled", state: paid })
  expect(seen).toEqual([presented, paying, paid])
  expect(asked).toHaveLength(5)
  expect(asked[0]).toMatchObject({ path: "/p/123/state", headers: { authorization: "Bearer syb_x" } })
})

test("asks ever more slowly, and quickly again when something happens", async () => {
  const { waits } = await follow([presented, presented, presented, presented, paying, paying, paid])
  expect(waits).toEqual([500, 700, 980, 1372, 500, 700])
  expect((await follow([presented], { asksMax: 30 })).waits.at(-1)).toBe(5000)
})

test("an older word that comes later changes nothing", async () => {
  expect((await follow([paying, presented, paid])).seen).toEqual([paying, paid])
})

test("a lost network, a busy gateway and a broken one are not an answer: it asks again", async () => {
  const busy = { status: 429, json: { code: "request/too-many", message: "…" } }
  const broken = { status: 503, json: {} }
  const { end, network } = await follow(["no-answer", broken, presented, busy, "no-answer", paid])
  expect(end.end).toBe("settled")
  expect(network).toEqual([false, true, false, true])
})

test("ends when the sale is closed, the code refused, the page left, or nothing comes", async () => {
  const closed: SaleState = { ...presented, state: "closed", version: 2 }
  expect((await follow([closed])).end).toEqual({ end: "settled", state: closed })
  const refused = { status: 404, json: { code: "terminal/unknown", message: "…" } }
  expect((await follow([refused])).end).toEqual({ end: "refused", code: "terminal/unknown" })
  expect((await follow([presented], { isStopped: () => true })).end).toEqual({ end: "stopped", state: undefined })
  expect((await follow([presented], { asksMax: 3 })).end).toEqual({ end: "gave-up", state: presented })
})
