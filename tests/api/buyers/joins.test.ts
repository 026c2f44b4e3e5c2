import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import type { Actor } from "@suyuan/api/actor"
import { confirmJoin, endJoin } from "@suyuan/api/buyers/answer-join"
import { claimJoin } from "@suyuan/api/buyers/claim-join"
import { offerJoin } from "@suyuan/api/buyers/offer-join"
import { ownIdentities } from "@suyuan/api/buyers/own-identities"
import { listPurchases } from "@suyuan/api/buyers/purchases"
import { readJoins } from "@suyuan/api/buyers/read-joins"
import { buyerJoins } from "@suyuan/drizzle/schema/buyers"
import { type TestGateway, testGateway } from "../../support/context"
import { newBuyer, payOnPlatform } from "../../support/paying"
import { gramsOf, type SellingTerminal, sellingTerminal } from "../../support/selling"
import { operator, refusalOf } from "../../support/stall"

setDefaultTimeout(60_000)

let gateway: TestGateway
let stall: SellingTerminal
beforeAll(async () => {
  gateway = await testGateway()
  stall = await sellingTerminal(gateway.ctx)
  await stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
})
afterAll(() => gateway?.close())

let counter = 0
async function person(): Promise<Actor> {
  const { id } = await newBuyer(gateway.ctx)
  counter += 1
  await payOnPlatform(gateway.ctx, await stall.code(counter, [gramsOf(1, 500)]), { id })
  return { kind: "buyer", id, siteIds: [], scopes: [] }
}
const offer = (actor: Actor, id = gateway.ctx.random.uuid()) => offerJoin(gateway.ctx, actor, id)
const claim = (actor: Actor, code: string, address = `203.0.113.${counter}`) =>
  claimJoin(gateway.ctx, actor, { code, address })
const confirm = (actor: Actor, { id, checkDigits: digits }: { id: string; checkDigits: string }) =>
  confirmJoin(gateway.ctx, actor, { id, digits })
const paid = async (actor: Actor) => (await listPurchases(gateway.ctx, actor, { limit: 10 })).length

async function join(a: Actor, b: Actor): Promise<string> {
  const claimed = await claim(b, (await offer(a)).code)
  await confirm(a, claimed)
  await confirm(b, claimed)
  return claimed.id
}

describe("two identities of one person", () => {
  test("[BY-4] are joined by a code, the same two digits on both and a yes on both, and by nothing less", async () => {
    const [phone, browser] = [await person(), await person()]
    const { code, id } = await offer(phone)
    expect(code).toMatch(/^[2-9A-HJ-NP-Z]{8}$/)
    const claimed = await claim(browser, ` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)} `)
    expect(claimed.id).toBe(id)
    const [here] = await readJoins(gateway.ctx, phone)
    const [there] = await readJoins(gateway.ctx, browser)
    expect(here).toMatchObject({ state: "claimed", checkDigits: claimed.checkDigits, isConfirmedHere: false })
    expect(there).toMatchObject({ state: "claimed", checkDigits: claimed.checkDigits, other: "wechat-pay" })
    await confirm(browser, claimed)
    await confirm(browser, claimed)
    expect([await paid(phone), await paid(browser)]).toEqual([1, 1])
    expect((await confirm(phone, claimed)).state).toBe("active")
    expect([await paid(phone), await paid(browser)]).toEqual([2, 2])
  })

  test("[BY-4] each sees its own again once either undoes it", async () => {
    const [a, b, c] = [await person(), await person(), await person()]
    await join(a, b)
    const second = await join(b, c)
    expect(await ownIdentities(gateway.ctx.db, a.id)).toHaveLength(3)
    expect(await paid(a)).toBe(3)
    // One of one's own ends it, though the join is between two others.
    for (let times = 0; times < 2; times += 1) await endJoin(gateway.ctx, b, second)
    expect([await paid(a), await paid(b), await paid(c)]).toEqual([2, 2, 1])
    expect(await readJoins(gateway.ctx, c)).toEqual([])
  })

  test("[BY-4] an answer that was lost is asked for again: another code under the same id, and the old one is dead", async () => {
    const [a, b] = [await person(), await person()]
    const lost = await offer(a)
    const again = await offer(a, lost.id)
    expect(again.code).not.toBe(lost.code)
    expect(await refusalOf(claim(b, lost.code))).toBe("buyer/join-code-unknown")
    const claimed = await claim(b, again.code)
    expect((await claim(b, again.code)).id).toBe(claimed.id)
    expect(await refusalOf(offer(b, lost.id))).toBe("buyer/join-unknown")
  })

  test("[BY-4] a code works once, for ten minutes, and not on its own side", async () => {
    const [a, b, c] = [await person(), await person(), await person()]
    const { code } = await offer(a)
    expect(await refusalOf(claim(a, code))).toBe("buyer/join-self")
    await claim(b, code)
    expect(await refusalOf(claim(c, code))).toBe("buyer/join-code-unknown")
    const late = await offer(a)
    gateway.clock.advance(600_000)
    expect(await refusalOf(claim(b, late.code))).toBe("buyer/join-code-unknown")
    const claimed = await claim(b, (await offer(a)).code)
    gateway.clock.advance(600_000)
    expect(await refusalOf(confirm(a, claimed))).toBe("buyer/join-expired")
    expect(await readJoins(gateway.ctx, a)).toEqual([])
  })

  test("[BY-4] guessing is bounded by buyer and by address", async () => {
    const [a, b] = [await person(), await person()]
    const { code } = await offer(a)
    for (let tries = 0; tries < 5; tries += 1) {
      expect(await refusalOf(claim(b, "22222222", "198.51.100.1"))).toBe("buyer/join-code-unknown")
    }
    expect(await refusalOf(claim(b, code, "198.51.100.1"))).toBe("request/too-many")
    const stored = JSON.stringify(await gateway.ctx.db.select().from(buyerJoins))
    expect(stored).not.toContain(code)
  })

  test("refuses the wrong actor and other digits", async () => {
    const [a, b, stranger] = [await person(), await person(), await person()]
    const claimed = await claim(b, (await offer(a)).code)
    const other = String((Number(claimed.checkDigits) + 1) % 100).padStart(2, "0")
    expect(await refusalOf(confirm(a, { ...claimed, checkDigits: other }))).toBe("buyer/join-digits-differ")
    expect(await refusalOf(confirm(stranger, claimed))).toBe("buyer/join-unknown")
    expect(await refusalOf(endJoin(gateway.ctx, stranger, claimed.id))).toBe("buyer/join-unknown")
    for (const verb of [offer(operator), claim(operator, "22222222"), confirm(operator, claimed)]) {
      expect(await refusalOf(verb)).toBe("request/forbidden")
    }
    expect(await refusalOf(readJoins(gateway.ctx, operator))).toBe("request/forbidden")
    expect(await refusalOf(endJoin(gateway.ctx, operator, claimed.id))).toBe("request/forbidden")
  })

  test("[BY-4] no more than eight are one person's", async () => {
    const all = await Promise.all(Array.from({ length: 9 }, person))
    const [first, ...others] = all
    if (!first) throw new Error("nobody")
    for (const one of others.slice(0, 7)) await join(first, one)
    expect(await refusalOf(join(first, others[7] ?? first))).toBe("buyer/join-too-many")
    expect(await paid(first)).toBe(8)
  })
})
