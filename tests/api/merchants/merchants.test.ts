import { describe, expect, test } from "bun:test"
import { addMerchant } from "@suyuan/api/merchants/add-merchant"
import { changeMerchantState } from "@suyuan/api/merchants/change-merchant-state"
import { listMerchants } from "@suyuan/api/merchants/find-merchant"
import { createClaimCode } from "@suyuan/api/terminals/create-claim-code"
import { audit } from "@suyuan/drizzle/schema/outbox"
import { eq } from "drizzle-orm"
import type { TestGateway } from "../../support/context"
import { withOwnStall } from "../../support/own-stall"
import { makeStall, operator, operatorOf, operatorWithout, refusalOf, type TestStall } from "../../support/stall"

let gateway: TestGateway
let stall: TestStall
withOwnStall((own) => {
  gateway = own.gateway
  stall = own.stall
})

const newMerchant = () => ({ id: gateway.ctx.random.uuid(), siteId: stall.siteId, stallNumber: "B-3", name: "乙摊" })

describe("merchants", () => {
  test("refuses the wrong actor: without the scope, or of another site", async () => {
    const another = await makeStall(gateway.ctx)
    for (const actor of [operatorWithout("merchants:write"), operatorOf(another.siteId)]) {
      expect(await refusalOf(addMerchant(gateway.ctx, actor, newMerchant()))).toBe("request/forbidden")
      const suspended = changeMerchantState(gateway.ctx, actor, stall.merchantId, "suspended", "test")
      expect(await refusalOf(suspended)).toBe("request/forbidden")
    }
  })

  test("[response lost] the same again is success and audited once; other content is a conflict", async () => {
    const input = newMerchant()
    const added = await addMerchant(gateway.ctx, operatorOf(stall.siteId), input)
    expect(await addMerchant(gateway.ctx, operator, input)).toEqual(added)
    expect(await gateway.ctx.db.select().from(audit).where(eq(audit.subject, input.id))).toHaveLength(1)
    expect(await refusalOf(addMerchant(gateway.ctx, operator, { ...input, name: "丙摊" }))).toBe("request/conflict")
    const nowhere = { ...newMerchant(), siteId: gateway.ctx.random.uuid() }
    expect(await refusalOf(addMerchant(gateway.ctx, operator, nowhere))).toBe("site/unknown")
  })

  test("carry an alias that is keyed and stands for the stall in public records", async () => {
    const added = await addMerchant(gateway.ctx, operator, newMerchant())
    expect(added.alias).toBe(gateway.ctx.keys.stallAlias(added.id))
    expect(added.alias).toMatch(/^[0-9a-f]{16}$/)
  })

  test("are listed by site and page", async () => {
    const own = await makeStall(gateway.ctx)
    const ids = [own.merchantId]
    for (let i = 0; i < 4; i++) {
      ids.push((await addMerchant(gateway.ctx, operator, { ...newMerchant(), siteId: own.siteId })).id)
    }
    const first = await listMerchants(gateway.ctx.db, operatorOf(own.siteId), { limit: 3 })
    const rest = await listMerchants(gateway.ctx.db, operator, {
      siteId: own.siteId,
      after: first.at(-1)?.id,
      limit: 3,
    })
    expect([...first, ...rest].map((row) => row.id)).toEqual(ids.sort())
    expect(await listMerchants(gateway.ctx.db, operatorOf(own.siteId), { siteId: stall.siteId, limit: 3 })).toEqual([])
  })

  test("a suspended stall gets no new terminal; suspending twice is audited once", async () => {
    const { id } = await addMerchant(gateway.ctx, operator, newMerchant())
    for (let i = 0; i < 2; i++) {
      expect((await changeMerchantState(gateway.ctx, operator, id, "suspended", "rent")).state).toBe("suspended")
    }
    const code = () => createClaimCode(gateway.ctx, operator, { merchantId: id, confirmed: false })
    expect(await refusalOf(code())).toBe("merchant/suspended")
    await changeMerchantState(gateway.ctx, operator, id, "active", "paid")
    expect(await refusalOf(code())).toBe("not refused")
    const verbs = await gateway.ctx.db.select({ verb: audit.verb }).from(audit).where(eq(audit.subject, id))
    expect(verbs.map((row) => row.verb)).toEqual([
      "merchants/add",
      "merchants/suspend",
      "merchants/resume",
      "terminals/create-claim-code",
    ])
  })
})
