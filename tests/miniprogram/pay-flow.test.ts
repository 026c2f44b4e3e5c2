import { afterEach, expect, test } from "bun:test"
import type { TransportRequest, TransportResponse } from "@suyuan/client/transport"
import { buyerWords } from "@suyuan/look/buyer-words"
import type { SaleState } from "@suyuan/miniprogram/follow-sale"
import type { SaleAnswer } from "@suyuan/miniprogram/origin-words"
import { openPayFlow, type PayStage } from "@suyuan/miniprogram/pay-flow"
import type { PayOutcome } from "@suyuan/miniprogram/pay-outcome"
import type { Bridge, Wallet } from "@suyuan/miniprogram/wallet"

const sale: SaleAnswer = {
  ...{ development: true, terminal: "0100000001", counter: 1, stallOnline: true, issuedAt: "2026-12-08T00:00:00Z" },
  stall: { name: "甲摊", number: "A-12", site: "东市", siteEn: "East market", zone: "Asia/Shanghai", photo: null },
  ...{ amountFen: 900, lineCount: 0, lines: [], state: "presented", paidFen: 0, refundedFen: 0 },
  ...{ canPay: true, refusal: null },
}
const standing = (state: SaleState["state"], more: Partial<SaleState> = {}): SaleState => ({
  ...{ state, paidFen: state === "paid" ? 900 : 0, refundedFen: 0, platform: null, version: 1, paidByMe: true },
  ...{ recordId: null, receiptDigits: null, ...more },
})
const bridge: Bridge = { kind: "alipay", tradeNO: "1" }

type Answer = { readonly status: number; readonly json: unknown } | "no-answer"
const refused = (status: number, code: string): Answer => ({ status, json: { code, message: `no: ${code}` } })

let language: "zh" | "en" = "zh"
afterEach(() => {
  language = "zh"
})

/** A gateway that answers each path from its own list, the last one for ever. */
function gateway(answers: Readonly<Record<string, readonly Answer[]>>) {
  const asked: string[] = []
  const transport = async ({ method, path }: TransportRequest): Promise<TransportResponse> => {
    const name = `${method} ${path.replace("/p/7", "")}`
    const before = asked.filter((each) => each === name).length
    asked.push(name)
    const list = answers[name] ?? []
    const answer = list[Math.min(before, list.length - 1)] ?? "no-answer"
    if (answer === "no-answer") throw new Error("no network")
    return { status: answer.status, headers: {}, body: JSON.stringify(answer.json) }
  }
  return { transport, asked }
}

function open(
  answers: Readonly<Record<string, readonly Answer[]>>,
  outcome: PayOutcome | "throws" = "reported",
  /** What came with the page. */
  given: SaleAnswer | "nothing" = sale,
  held: { readonly asking?: Promise<void>; readonly sheets?: readonly (Promise<void> | undefined)[] } = {},
) {
  const { transport, asked } = gateway(answers)
  const stages: PayStage[] = []
  const waiting = new Map<string, () => void>()
  let sheets = 0
  const wallet: Wallet = {
    ...{ platforms: ["alipay"], method: "jsapi", token: () => undefined },
    login: async () => true,
    pay: async () => {
      sheets += 1
      await held.sheets?.[sheets - 1]
      if (outcome === "throws") throw new Error("the sheet broke")
      return outcome
    },
  }
  const flow = openPayFlow({
    ...{ transport, wallet, digits: "7", language: () => language, wait: async () => held.asking, asksMax: 3 },
    given: given === "nothing" ? undefined : given,
    onStage: (stage) => {
      stages.push(stage)
      waiting.get(stage.at)?.()
    },
  })
  /** The next stage of that name. */
  const comes = (at: PayStage["at"]) => new Promise<void>((resolve) => waiting.set(at, resolve))
  const names = () => stages.map((stage) => (stage.at === "confirming" ? `confirming: ${stage.doubt}` : stage.at))
  return { flow, stages, asked, names, comes, last: () => stages.at(-1)! }
}

/** Something that a test holds closed until it opens it. */
function opening() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

const opened = (found: Bridge | null = bridge): Answer => ({ status: 200, json: { bridge: found } })
const state = (...states: readonly SaleState[]): Answer[] => states.map((json) => ({ status: 200, json }))

test("the wallet's word moves the page, the gateway's alone says paid", async () => {
  const paid = standing("paid", { receiptDigits: "483920", version: 2 })
  const run = open({ "POST /pay": [opened()], "GET /state": state(standing("paying"), paid) })
  await run.flow.load()
  await run.flow.pay("alipay")
  expect(run.names()).toEqual(["sale", "sale", "confirming: reported", "paid"])
  expect(run.last()).toMatchObject({ at: "paid", state: { receiptDigits: "483920" } })
})

test("a sale that could not be read is asked for again at a tap: too often asked is not refused", async () => {
  const answers = ["no-answer", refused(429, "request/too-many"), refused(404, "pay-code/unknown")] as const
  const run = open({ "GET ": [...answers, { status: 200, json: sale }] }, "reported", "nothing")
  for (const at of ["offline", "busy", "refused", "sale"] as const) {
    await run.flow.load()
    expect(run.last().at).toBe(at)
  }
})

test("opened while a payment is under way: no button to pay, its end is followed, and whose it is not may pay", async () => {
  const given: SaleAnswer = { ...sale, state: "paying" }
  const run = open({ "GET /state": state(standing("paying"), standing("paid", { version: 2 })) }, "reported", given)
  await run.flow.load()
  expect(run.names()).toEqual(["confirming: begun", "paid"])
  const other = open({ "GET /state": state(standing("paying")), "POST /pay": [opened(null)] }, "reported", given)
  const loaded = other.flow.load()
  await other.flow.pay("alipay")
  expect(other.asked).not.toContain("POST /pay")
  other.flow.back()
  expect(other.last()).toMatchObject({ at: "sale", isBusy: false })
  await other.flow.pay("alipay")
  await loaded
  expect(other.asked).toContain("POST /pay")
})

test("a sale that was closed before the page came is said to be, at once", async () => {
  const run = open({}, "reported", { ...sale, state: "closed", canPay: false })
  await run.flow.load()
  expect([run.names(), run.asked]).toEqual([["closed"], []])
})

for (const [outcome, doubt] of [
  ["unknown", "unknown"],
  ["network", "network"],
  ["throws", "unknown"],
] as const) {
  test(`${outcome}: the page asks until it gives up, and never offers to pay again`, async () => {
    const run = open({ "POST /pay": [opened()], "GET /state": state(standing("paying")) }, outcome)
    await run.flow.load()
    await run.flow.pay("alipay")
    expect(run.names().slice(2)).toEqual([`confirming: ${doubt}`, "unsettled"])
    await run.flow.pay("alipay")
    expect(run.asked.filter((each) => each === "POST /pay")).toHaveLength(1)
    await run.flow.askAgain()
    expect(run.last().at).toBe("unsettled")
  })
}

for (const outcome of ["cancelled", "failed"] as const) {
  test(`${outcome} is the wallet's word: the gateway is asked, and says paid if it was`, async () => {
    const paid = standing("paid", { version: 2 })
    const run = open({ "POST /pay": [opened()], "GET /state": state(standing("paying"), paid) }, outcome)
    await run.flow.load()
    await run.flow.pay("alipay")
    expect(run.names()).toEqual(["sale", "sale", outcome, "paid"])
  })

  test(`${outcome}, tried again: what the gateway says meanwhile stands, whatever the second sheet ends with`, async () => {
    const [asking, sheet] = [opening(), opening()]
    const paid = standing("paid", { version: 2 })
    const run = open({ "POST /pay": [opened()], "GET /state": state(standing("paying"), paid) }, outcome, sale, {
      asking: asking.opened,
      sheets: [undefined, sheet.opened],
    })
    await run.flow.load()
    const first = run.flow.pay("alipay")
    await run.comes(outcome)
    run.flow.back()
    const second = run.flow.pay("alipay")
    asking.open()
    await run.comes("paid")
    sheet.open()
    await Promise.all([first, second])
    expect(run.names().slice(-1)).toEqual(["paid"])
    expect(run.names().filter((name) => name === outcome)).toHaveLength(1)
  })

  test(`${outcome}, and the gateway knows of no money: the buyer may go back and pay`, async () => {
    const run = open({ "POST /pay": [opened()], "GET /state": state(standing("paying")) }, outcome)
    await run.flow.load()
    await run.flow.pay("alipay")
    expect(run.last().at).toBe(outcome)
    // [PY-23] The stall is told; that it has no answer here keeps nobody waiting.
    expect(run.asked.filter((each) => each === "POST /given-up")).toHaveLength(1)
    run.flow.back()
    expect(run.last()).toMatchObject({ at: "sale", isBusy: false })
  })
}

test("a request for payment that had no answer reached no wallet: the page says so, and paying is offered again", async () => {
  for (const answer of ["no-answer", refused(503, "service/unavailable")] as const) {
    const run = open({ "POST /pay": [answer] })
    await run.flow.load()
    await run.flow.pay("alipay")
    expect(run.last()).toMatchObject({ at: "sale", isBusy: false, refusal: "服务暂时没有回应，还没有扣款。" })
  }
})

test("without a session it logs in and asks once more", async () => {
  const run = open({
    "POST /pay": [refused(401, "request/unauthenticated"), opened()],
    "GET /state": state(standing("paid")),
  })
  await run.flow.load()
  await run.flow.pay("alipay")
  expect(run.asked.slice(0, 2)).toEqual(["POST /pay", "POST /pay"])
  expect(run.last().at).toBe("paid")
})

test("an attempt that is open already without a way to pay it is followed, not paid again", async () => {
  const run = open({ "POST /pay": [opened(null)], "GET /state": state(standing("closed")) })
  await run.flow.load()
  await run.flow.pay("alipay")
  expect(run.names().slice(2)).toEqual(["confirming: unknown", "closed"])
})

test("a refusal is shown in the gateway's words, and the sale stays", async () => {
  const run = open({ "POST /pay": [refused(409, "payment/sale-paid")] })
  await run.flow.load()
  await run.flow.pay("alipay")
  expect(run.last()).toMatchObject({ at: "sale", refusal: "no: payment/sale-paid" })
})

test("after a switch of the language the next refusal is in the new one", async () => {
  const run = open({ "POST /pay": ["no-answer"] })
  await run.flow.load()
  await run.flow.pay("alipay")
  expect(run.last()).toMatchObject({ refusal: buyerWords.serviceAway.zh })
  language = "en"
  await run.flow.pay("alipay")
  expect(run.last()).toMatchObject({ refusal: buyerWords.serviceAway.en })
})
