import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import { issueToken } from "@suyuan/api/access/issue-token"
import type { Scope } from "@suyuan/api/actor"
import { learnClock } from "@suyuan/api/terminals/learn-clock"
import { recallNotices, recalls } from "@suyuan/drizzle/schema/recalls"
import { eq } from "drizzle-orm"
import { testApp } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { operator } from "../../support/stall"
import { type Day, playDay } from "./day"

setDefaultTimeout(60_000)

const root = "/office/recalls"
let gateway: TestGateway
let app: ReturnType<typeof testApp>
let day: Day
beforeAll(async () => {
  gateway = await testGateway()
  app = testApp(gateway.ctx)
  day = await playDay(gateway)
})
afterAll(() => gateway?.close())

type Person = { readonly cookie: string; readonly home: string | null }

async function signIn(
  actorId: string,
  scopes: readonly Scope[] = ["recalls:read", "recalls:write"],
  kind: "inspector" | "machine" = "inspector",
): Promise<Person> {
  const order = { label: "test", kind, actorId, siteIds: [], days: 1 } as const
  const { token } = await issueToken(gateway.ctx, operator, { ...order, scopes })
  const started = await app.request("/office/session?lang=zh", { method: "POST", body: new URLSearchParams({ token }) })
  return {
    cookie: started.headers.get("set-cookie")?.split(";")[0] ?? "",
    home: started.headers.get("location"),
  }
}

async function page(path: string, { cookie }: Person) {
  const response = await app.request(path, { headers: { cookie, accept: "text/html" } })
  return { status: response.status, html: await response.text(), location: response.headers.get("location") }
}

async function post(path: string, { cookie }: Person, body: Record<string, string>, more: Record<string, string> = {}) {
  const headers = { cookie, accept: "text/html", ...more }
  const response = await app.request(`${path}?lang=zh`, { method: "POST", headers, body: new URLSearchParams(body) })
  return { status: response.status, html: await response.text(), location: response.headers.get("location") }
}

/** The hidden fields of a page's form. */
function hiddenOf(html: string): Record<string, string> {
  const found = html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)
  return Object.fromEntries([...found].map(([, name = "", value = ""]) => [name, value]))
}

const reachOf = (html: string) => /approve\?reach=([0-9a-f]{64})/.exec(html)?.[1] ?? ""

async function propose(person: Person, more: Record<string, string> = {}): Promise<string> {
  const look = await page(`${root}/look?kind=lots&lotIds=${day.lot}`, person)
  const made = await post(root, person, { ...hiddenOf(look.html), reason: "农残超标", ...more })
  expect(made.status).toBe(303)
  return /recalls\/([0-9a-f-]{36})/.exec(made.location ?? "")?.[1] ?? ""
}

/** As the terminal says it every half minute. */
const hello = (terminalId: number) => {
  const now = gateway.clock.nowMs()
  return learnClock(gateway.ctx, { terminalId, sentAtMs: now, receivedAtMs: now })
}

const stateOf = async (id: string) =>
  (await gateway.ctx.db.select().from(recalls).where(eq(recalls.id, id))).map(({ state }) => state)[0]

describe("recalls on the office's pages", () => {
  test("[RC-8, RC-11] an inspector looks and proposes, another approves and puts in force; stalls hold, and it is closed", async () => {
    const [wang, li] = [await signIn("wang"), await signIn("li")]
    expect(wang.home).toBe(`${root}?lang=zh`)
    const look = await page(`${root}/look?kind=lots&lotIds=${day.lot}`, wang)
    expect(look.html).toContain("4.5 公斤")
    expect(await gateway.ctx.db.select().from(recalls)).toEqual([])
    const id = await propose(wang)
    const own = await page(`${root}/${id}`, wang)
    expect(own.html).toContain("您是提议人：要由另一个人查看并批准。")
    expect(reachOf(own.html)).toBe("")
    const other = await page(`${root}/${id}`, li)
    const asked = await page(`${root}/${id}/approve?reach=${reachOf(other.html)}`, li)
    expect(asked.html).toContain("范围按此刻记下：")
    expect(await stateOf(id)).toBe("draft")
    const { reach = "" } = hiddenOf(asked.html)
    const refused = await post(`${root}/${id}/approve`, wang, { reach })
    expect([refused.status, refused.html.includes("需要另一个人批准")]).toEqual([403, true])
    expect(refused.html).toContain(`href="${root}/${id}?lang=zh"`)
    const changed = await post(`${root}/${id}/approve`, li, { reach: "0".repeat(64) })
    expect(changed.html).toContain("请重新查看再批准")
    expect((await post(`${root}/${id}/approve`, li, { reach })).status).toBe(303)
    expect((await page(`${root}/${id}/activate`, li)).html).toContain("消息发出后收不回")
    expect((await post(`${root}/${id}/activate`, li, {})).status).toBe(303)
    const active = await page(`${root}/${id}`, wang)
    expect(active.html).toContain("已要求停售")
    expect(active.html).toContain("生效中")
    const list = await page(root, wang)
    expect(list.html).toContain("农残超标")
    expect((await post(`${root}/${id}/close`, wang, {})).status).toBe(303)
    expect(await stateOf(id)).toBe("closed")
    expect((await page(`${root}/${id}`, wang)).html).toContain("已经了结")
  })

  test("[RC-11] which stalls' terminals have not heard of it is said, until they have, so that somebody goes there", async () => {
    const [wang, li] = [await signIn("wang"), await signIn("li")]
    const id = await propose(wang)
    const reach = reachOf((await page(`${root}/${id}`, li)).html)
    await post(`${root}/${id}/approve`, li, { reach })
    gateway.clock.advance(1000)
    await post(`${root}/${id}/activate`, li, {})
    const unheard = async () => /有 (\d+) 个要停售的摊位/.exec((await page(`${root}/${id}`, li)).html)?.[1]
    const { baseA, wholesaler, stall } = day.trade
    gateway.clock.advance(180_000)
    expect(await unheard()).toBe("3")
    await hello(stall.terminalId)
    expect(await unheard()).toBe("2")
    expect((await page(`${root}/${id}`, li)).html).toContain("有终端还没有收到")
    for (const { terminalId } of [baseA, wholesaler]) await hello(terminalId)
    // What it was told it knows, also when it is switched off later.
    gateway.clock.advance(180_000)
    expect(await unheard()).toBeUndefined()
    expect((await post(`${root}/${id}/withdraw`, li, {})).status).toBe(303)
  })

  test("[RC-12] a drill says so on every page of it, and holds and tells nobody", async () => {
    const [wang, li] = [await signIn("wang"), await signIn("li")]
    const id = await propose(wang, { isDrill: "1" })
    const reach = reachOf((await page(`${root}/${id}`, li)).html)
    await post(`${root}/${id}/approve`, li, { reach })
    for (const path of [root, `${root}/${id}`, `${root}/${id}/activate`]) {
      expect((await page(path, li)).html).toContain("【演练】")
    }
    await post(`${root}/${id}/activate`, li, {})
    const active = await page(`${root}/${id}`, li)
    expect(active.html).not.toContain("已要求停售")
    expect(active.html).toContain("这是演练")
    expect(await gateway.ctx.db.select().from(recallNotices).where(eq(recallNotices.recallId, id))).toEqual([])
    expect((await post(`${root}/${id}/withdraw`, li, {})).status).toBe(303)
  })

  test("what was not filled in right is said in words, and nothing is written", async () => {
    const wang = await signIn("wang")
    const before = await gateway.ctx.db.select().from(recalls)
    const asked = await page(`${root}/look?kind=region&regionCode=13&from=2026-03-02&until=2026-03-01&lang=zh`, wang)
    expect(asked.location).toBe(`${root}/new?refused=from&lang=zh`)
    expect((await page(`${root}/new?refused=from`, wang)).html).toContain("起不晚于止")
    expect((await page(`${root}/look?kind=lots&lotIds=x&lang=zh`, wang)).location).toContain("refused=lotIds")
    expect((await page(`${root}/look?kind=lots&lotIds=${gateway.ctx.random.uuid()}`, wang)).status).toBe(404)
    expect((await post(root, wang, { kind: "lots", lotIds: day.lot, reason: "" })).status).toBe(400)
    expect(await gateway.ctx.db.select().from(recalls)).toEqual(before)
  })

  test("a token opens what its scopes allow, and is offered nothing else; a machine's opens no page", async () => {
    const [wang, reader] = [await signIn("wang"), await signIn("chen", ["recalls:read", "alarms:read"])]
    const id = await propose(wang)
    const shown = await page(`${root}/${id}`, reader)
    expect(shown.html).toContain("您只能查看。")
    expect(shown.html).not.toContain(`${root}/${id}/withdraw`)
    expect(shown.html).toContain('href="/office/alarms?lang=zh"')
    expect(shown.html).not.toContain("/office/reconciliations")
    expect((await post(`${root}/${id}/withdraw`, reader, {})).status).toBe(403)
    const forbidden = await page("/office/reconciliations", reader)
    expect([forbidden.status, forbidden.html.includes('href="/office?lang=zh"')]).toEqual([403, true])
    expect((await page("/office?lang=zh", reader)).location).toBe(`${root}?lang=zh`)
    const machine = await signIn("a machine", ["recalls:read"], "machine")
    expect([machine.cookie, machine.home]).toEqual(["", "/office?refused=1&lang=zh"])
    expect((await page(`${root}/${id}`, { cookie: "", home: null })).location).toContain("/office?next=")
    expect((await post(`${root}/${id}/withdraw`, wang, {}, { origin: "https://evil.example" })).status).toBe(403)
    expect(await stateOf(id)).toBe("draft")
    const gone = await page("/office/nowhere", reader)
    expect([gone.status, gone.html.includes("返回")]).toEqual([404, true])
  })
})
