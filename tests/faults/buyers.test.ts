// What a buyer does beside paying, with each request, and each answer, lost once. The phone's part is the mini-program's
// own core; the message about a recall is in recalls.test.ts.
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout } from "bun:test"
import { alipayLoginFromConfig } from "@suyuan/api/adapters/alipay-login"
import { wechatLoginFromConfig } from "@suyuan/api/adapters/wechat-login"
import type { LoginOutcome, LoginProviders } from "@suyuan/api/buyers/login-provider"
import { type GatewayClient, gatewayClient } from "@suyuan/client/client"
import { buyerJoins, buyers, forgettings, problemPhotos, purchaseProblems, shares } from "@suyuan/drizzle/schema/buyers"
import { messageConsents } from "@suyuan/drizzle/schema/recalls"
import { forgetMe, isForgettingOpen } from "@suyuan/miniprogram/forget-me"
import type { Kept } from "@suyuan/miniprogram/kept"
import { keepLeave, tellLeaves } from "@suyuan/miniprogram/message-leave"
import { shareOf, takeSharesBack } from "@suyuan/miniprogram/own-shares"
import { sendPhotos } from "@suyuan/miniprogram/problem-photos"
import { reportProblem } from "@suyuan/miniprogram/problem-report"
import { makeRequestId } from "@suyuan/miniprogram/request-id"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import type { Buyer } from "@suyuan/sandbox/buyers/buyers"
import { and, eq, isNull } from "drizzle-orm"
import type { SaleName } from "../../scripts/soak/identities"
import { jpegOf } from "../api/inspections/photos"
import { type Platforms, startPlatforms } from "../api/payments/platforms"
import { testApp } from "../support/app"
import { type TestGateway, testClock, testGateway } from "../support/context"
import { payOnPlatform } from "../support/paying"
import { gramsOf, type SellingTerminal, sellingTerminal } from "../support/selling"
import { expectIdentities } from "./expect-identities"
import { runRows } from "./run-rows"

setDefaultTimeout(60_000)

type Lost = "request" | "response"

const clock = testClock()
let platforms: Platforms
let gateway: TestGateway
let app: ReturnType<typeof testApp>
let stall: SellingTerminal
/** What happens to the gateway's next question to a platform. */
const atPlatform: { lost?: Lost | undefined } = {}
beforeAll(async () => {
  platforms = await startPlatforms(clock)
  gateway = await testGateway({ ...platforms.sandbox.environment })
  const { config } = gateway.ctx
  const real = { "wechat-pay": wechatLoginFromConfig(config), alipay: alipayLoginFromConfig(config, clock) }
  app = testApp(gateway.ctx, { logins: lossy(real) })
  stall = await sellingTerminal(gateway.ctx)
  await stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
})
/** What a buyer did beside paying changed nothing of what was paid, sold and recorded. */
afterEach(() => expectIdentities({ sql: gateway.ctx.sql, books, sales: sold }))
afterAll(async () => {
  await platforms?.end()
  await gateway?.close()
})

function lossy(real: LoginProviders): LoginProviders {
  const provider = (inner: LoginProviders["alipay"]): LoginProviders["alipay"] => ({
    ...inner,
    async identify(channel, code): Promise<LoginOutcome> {
      const { lost } = atPlatform
      delete atPlatform.lost
      if (lost !== "request") {
        const outcome = await inner.identify(channel, code)
        if (lost === undefined) return outcome
      }
      return { kind: "unknown", cause: "connection" }
    },
  })
  return { "wechat-pay": provider(real["wechat-pay"]), alipay: provider(real.alipay) }
}

type Phone = {
  readonly person: Buyer
  readonly client: GatewayClient
  readonly kept: Kept
  /** What happens to the next thing that is asked in this way. */
  readonly lose: (lost: Lost, method: string) => void
  readonly login: () => Promise<boolean>
}

function takePhone(): Phone {
  const person = platforms.sandbox.world.buyers.add(`买家 ${platforms.sandbox.world.buyers.list().length + 1}`)
  const all = new Map<string, string>()
  let next: { readonly lost: Lost; readonly method: string } | undefined
  let token: string | undefined
  const client = gatewayClient(
    async ({ method, path, headers, body }) => {
      const lost = next?.method === method ? next.lost : undefined
      if (lost !== undefined) next = undefined
      if (lost === "request") throw new Error("the request was lost")
      const answer = await app.request(path, { method, headers, ...(body === undefined ? {} : { body }) })
      const text = await answer.text()
      if (lost === "response") throw new Error("the response was lost")
      return { status: answer.status, headers: {}, body: text }
    },
    { token: () => token },
  )
  return {
    ...{ person, client },
    kept: {
      read: (key) => all.get(key),
      write: (key, value) => void (value === undefined ? all.delete(key) : all.set(key, value)),
    },
    lose: (lost, method) => {
      next = { lost, method }
    },
    login: async () => {
      const code = platforms.sandbox.world.buyers.issueCode(person, "wechat-mini")
      const body = { platform: "wechat-pay", channel: "mini", code } as const
      const answer = await client.post("/buyers/login", { body })
      if (answer.ok) token = answer.value.token
      return answer.ok
    },
  }
}

const identitiesOf = async (phone: Phone) => {
  const known = Object.values(phone.person.openids)
  const rows = await gateway.ctx.db.select().from(buyers)
  return rows.filter(({ openId }) => known.includes(openId)).map(({ id }) => id)
}

let counter = 0
/** What payers paid and got back: no platform stands behind these payments. */
const books = { receiptsFen: 0, refundsFen: 0 }
const sold: SaleName[] = []
/** Logged in, and something is bought and recorded. */
async function payer() {
  const phone = takePhone()
  await phone.login()
  const [id = ""] = await identitiesOf(phone)
  counter += 1
  const code = await stall.code(counter, [gramsOf(1, 500)])
  await stall.deliver(await stall.envelope("sale", stall.saleBody(code)))
  const { recordId } = await payOnPlatform(gateway.ctx, code, { id })
  books.receiptsFen += code.body.amountFen
  sold.push({ terminalId: stall.terminalId, counter })
  return { ...phone, id, counter, recordId: recordId ?? "" }
}
type Payer = Awaited<ReturnType<typeof payer>>

/** Asked, and unheard; the same again is what the phone does next. */
const unheard = (work: Promise<unknown>) => expect(work).rejects.toThrow(/was lost/)

async function logsInAfter(lost: Lost): Promise<void> {
  const phone = takePhone()
  phone.lose(lost, "POST")
  await unheard(phone.login())
  expect(await identitiesOf(phone)).toHaveLength(lost === "request" ? 0 : 1)
  expect(await phone.login()).toBe(true)
  expect(await identitiesOf(phone)).toHaveLength(1)
  expect((await phone.client.get("/buyers/purchases", { query: {} })).ok).toBe(true)
}

async function logsInPast(lost: Lost): Promise<void> {
  const phone = takePhone()
  atPlatform.lost = lost
  expect(await phone.login()).toBe(false)
  expect(await identitiesOf(phone)).toEqual([])
  expect(await phone.login()).toBe(true)
  expect(await identitiesOf(phone)).toHaveLength(1)
}

async function givesLeaveAfter(lost: Lost): Promise<void> {
  const { client, kept, lose, id } = await payer()
  const offer = await client.get("/buyers/message-consents")
  const leaves = () => gateway.ctx.db.$count(messageConsents, eq(messageConsents.buyerId, id))
  keepLeave(kept, (offer.ok && offer.value.templateId) || "", Date.now())
  lose(lost, "POST")
  expect(await tellLeaves(client, kept)).toBe(false)
  expect(await leaves()).toBe(lost === "request" ? 0 : 1)
  expect(await tellLeaves(client, kept)).toBe(true)
  expect(await leaves()).toBe(1)
}

const openShares = ({ recordId }: Payer) =>
  gateway.ctx.db.$count(shares, and(eq(shares.recordId, recordId), isNull(shares.revokedAt)))

async function sharesAfter(lost: Lost): Promise<void> {
  const one = await payer()
  one.lose(lost, "POST")
  await unheard(shareOf(one.client, one.recordId))
  expect(await openShares(one)).toBe(lost === "request" ? 0 : 1)
  const id = await shareOf(one.client, one.recordId)
  expect(await shareOf(one.client, one.recordId)).toBe(id ?? "")
  expect(await openShares(one)).toBe(1)
}

async function takesBackAfter(lost: Lost): Promise<void> {
  const one = await payer()
  const id = await shareOf(one.client, one.recordId)
  one.lose(lost, "DELETE")
  await unheard(takeSharesBack(one.client, one.recordId))
  expect((await app.request(`/traces/shares/${id}`)).status).toBe(lost === "request" ? 200 : 410)
  expect(await takeSharesBack(one.client, one.recordId)).toBe(true)
  expect(await openShares(one)).toBe(0)
}

const report = ({ client, kept, counter: own }: Payer) =>
  reportProblem(
    client,
    kept,
    { terminal: terminalToHex(stall.terminalId), counter: own, kind: "spoiled", said: "坏了" },
    Date.now(),
  )

async function reportsAfter(lost: Lost): Promise<void> {
  const one = await payer()
  const stored = () => gateway.ctx.db.$count(purchaseProblems, eq(purchaseProblems.buyerId, one.id))
  one.lose(lost, "POST")
  await unheard(report(one))
  expect(await stored()).toBe(lost === "request" ? 0 : 1)
  expect(await report(one)).toMatchObject({ ok: true })
  expect(await stored()).toBe(1)
}

async function sendsPhotosAfter(lost: Lost): Promise<void> {
  const one = await payer()
  const answer = await report(one)
  const problemId = answer.ok ? answer.value.id : ""
  const stored = () => gateway.ctx.db.$count(problemPhotos, eq(problemPhotos.problemId, problemId))
  const photo = { position: 0, base64: Buffer.from(jpegOf(640, 480)).toString("base64") }
  one.lose(lost, "PUT")
  const { unsent } = await sendPhotos(one.client, problemId, [photo])
  expect(unsent).toEqual([photo])
  expect(await stored()).toBe(lost === "request" ? 0 : 1)
  expect(await sendPhotos(one.client, problemId, unsent)).toEqual({ unsent: [] })
  expect(await stored()).toBe(1)
}

/** Done again until it is heard; each step is lost once. */
async function joinedAfter(lost: Lost) {
  const [one, other] = [await payer(), await payer()]
  const again = async <T>(phone: Payer, ask: () => Promise<{ ok: true; value: T } | { ok: false }>): Promise<T> => {
    phone.lose(lost, "POST")
    await unheard(ask())
    const answer = await ask()
    if (!answer.ok) throw new Error("it was refused")
    return answer.value
  }
  const offer = { id: makeRequestId(Date.now()) }
  const { code } = await again(one, () => one.client.post("/buyers/join-codes", { body: offer }))
  const { id, checkDigits } = await again(other, () => other.client.post("/buyers/joins", { body: { code } }))
  const yes = { path: { id }, body: { digits: checkDigits } }
  for (const phone of [one, other]) await again(phone, () => phone.client.post("/buyers/joins/{id}/confirm", yes))
  expect(await seen(one)).toBe(2)
  expect(await seen(other)).toBe(2)
  expect(await gateway.ctx.db.$count(buyerJoins, eq(buyerJoins.offeredBy, one.id))).toBe(1)
  return { one, other, id }
}
async function seen({ client }: Payer): Promise<number> {
  const answer = await client.get("/buyers/purchases", { query: {} })
  return answer.ok ? answer.value.purchases.length : -1
}

async function endsJoinAfter(lost: Lost): Promise<void> {
  const { one, other, id } = await joinedAfter("request")
  const end = () => one.client.delete("/buyers/joins/{id}", { path: { id } })
  one.lose(lost, "DELETE")
  await unheard(end())
  expect(await seen(other)).toBe(lost === "request" ? 2 : 1)
  expect((await end()).ok).toBe(true)
  expect([await seen(one), await seen(other)]).toEqual([1, 1])
}

async function forgetsAfter(lost: Lost): Promise<void> {
  const one = await payer()
  await report(one)
  const before = await gateway.ctx.db.$count(forgettings)
  one.lose(lost, "POST")
  await unheard(forgetMe(one.client, one.kept, Date.now()))
  expect(isForgettingOpen(one.kept)).toBe(true)
  expect(await seen(one)).toBe(lost === "request" ? 1 : -1)
  expect(await forgetMe(one.client, one.kept, Date.now())).toMatchObject({
    ...{ ok: true, value: { counts: { purchases: 1, problems: 1 } } },
  })
  expect(isForgettingOpen(one.kept)).toBe(false)
  expect(await identitiesOf(one)).toEqual([])
  expect(await gateway.ctx.db.$count(forgettings)).toBe(before + 1)
}

runRows("buyers", {
  loginLostRequest: () => logsInAfter("request"),
  loginLostResponse: () => logsInAfter("response"),
  codeLostRequest: () => logsInPast("request"),
  codeLostResponse: () => logsInPast("response"),
  leaveLostRequest: () => givesLeaveAfter("request"),
  leaveLostResponse: () => givesLeaveAfter("response"),
  shareLostRequest: () => sharesAfter("request"),
  shareLostResponse: () => sharesAfter("response"),
  takeBackLostRequest: () => takesBackAfter("request"),
  takeBackLostResponse: () => takesBackAfter("response"),
  reportLostRequest: () => reportsAfter("request"),
  reportLostResponse: () => reportsAfter("response"),
  photoLostRequest: () => sendsPhotosAfter("request"),
  photoLostResponse: () => sendsPhotosAfter("response"),
  joinLostRequest: async () => void (await joinedAfter("request")),
  joinLostResponse: async () => void (await joinedAfter("response")),
  joinEndLostRequest: () => endsJoinAfter("request"),
  joinEndLostResponse: () => endsJoinAfter("response"),
  forgetLostRequest: () => forgetsAfter("request"),
  forgetLostResponse: () => forgetsAfter("response"),
})
