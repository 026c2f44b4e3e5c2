import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { addParticipant } from "@suyuan/api/participants/add-participant"
import { addSite } from "@suyuan/api/participants/add-site"
import { listParticipants, listSites } from "@suyuan/api/participants/list-sites"
import { audit } from "@suyuan/drizzle/schema/outbox"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { deriveSealingKeyPair } from "@suyuan/sealing/wrap-audience-key"
import { eq } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { makeStall, operator, operatorOf, operatorWithout, refusalOf } from "../../support/stall"

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
}, 60_000)
afterAll(() => gateway.close())

let lastNumber = 1000
const newParticipant = (role: "base" | "wholesale" | "market" | "gateway" | "regulator" = "wholesale") => ({
  id: gateway.ctx.random.uuid(),
  number: ++lastNumber,
  name: "新发地",
  nameEn: "Xinfadi",
  role,
})
const newSite = (participantId: string, kind: "base" | "wholesale" | "market" = "wholesale") => ({
  ...{ id: gateway.ctx.random.uuid(), number: ++lastNumber, participantId, kind },
  ...{ name: "新发地", nameEn: "Xinfadi", regionCode: "110106", zone: "Asia/Shanghai" },
})

describe("organisations", () => {
  test("refuses the wrong actor: without the scope, or bound to a site", async () => {
    const { siteId } = await makeStall(gateway.ctx)
    for (const actor of [operatorWithout("participants:write"), operatorOf(siteId)]) {
      expect(await refusalOf(addParticipant(gateway.ctx, actor, newParticipant()))).toBe("request/forbidden")
    }
  })

  test("[response lost] the same again is success and audited once; other content is a conflict", async () => {
    const input = newParticipant()
    const added = await addParticipant(gateway.ctx, operator, input)
    expect(await addParticipant(gateway.ctx, operator, input)).toEqual(added)
    expect(await gateway.ctx.db.select().from(audit).where(eq(audit.subject, input.id))).toHaveLength(1)
    expect(await refusalOf(addParticipant(gateway.ctx, operator, { ...input, name: "别的" }))).toBe("request/conflict")
    expect((await listParticipants(gateway.ctx.db)).map((row) => row.id)).toContain(input.id)
  })

  test("two organisations never share a number: it is their name on the chain", async () => {
    const input = newParticipant()
    await addParticipant(gateway.ctx, operator, input)
    const another = { ...newParticipant(), number: input.number }
    expect(await refusalOf(addParticipant(gateway.ctx, operator, another))).toBe("participant/number-taken")
  })
})

describe("a sealing key", () => {
  test("[SE-14] that nothing can be wrapped to is refused with its field, and nothing is added", async () => {
    for (const sealingKey of ["00".repeat(32), `01${"00".repeat(31)}`, "ab".repeat(31)]) {
      const input = { ...newParticipant(), sealingKey }
      expect(await refusalOf(addParticipant(gateway.ctx, operator, input))).toBe("participant/no-sealing-key")
      expect((await listParticipants(gateway.ctx.db)).map((row) => row.id)).not.toContain(input.id)
    }
    const { publicKey } = await deriveSealingKeyPair(gateway.ctx.random.bytes(32))
    const good = { ...newParticipant(), sealingKey: toHex(publicKey) }
    expect(await addParticipant(gateway.ctx, operator, good)).toMatchObject({ sealingKey: good.sealingKey })
  })
})

describe("sites", () => {
  test("refuses the wrong actor", async () => {
    const { siteId, participantId } = await makeStall(gateway.ctx)
    for (const actor of [operatorWithout("participants:write"), operatorOf(siteId)]) {
      expect(await refusalOf(addSite(gateway.ctx, actor, newSite(participantId, "market")))).toBe("request/forbidden")
    }
  })

  test("are run by an organisation of their kind", async () => {
    const participant = await addParticipant(gateway.ctx, operator, newParticipant("regulator"))
    expect(await refusalOf(addSite(gateway.ctx, operator, newSite(participant.id)))).toBe("participant/runs-no-sites")
    const unknown = newSite(gateway.ctx.random.uuid())
    expect(await refusalOf(addSite(gateway.ctx, operator, unknown))).toBe("participant/unknown")
  })

  test("a wholesale market's day starts at noon, a wet market's at midnight", async () => {
    for (const [kind, minutes] of [
      ["wholesale", 720],
      ["market", 0],
    ] as const) {
      const participant = await addParticipant(gateway.ctx, operator, newParticipant(kind))
      const site = await addSite(gateway.ctx, operator, newSite(participant.id, kind))
      expect(site.dayStartsAtMinutes).toBe(minutes)
    }
  })

  test("[response lost] the same again is success; a number belongs to one site", async () => {
    const participant = await addParticipant(gateway.ctx, operator, newParticipant())
    const input = newSite(participant.id)
    const added = await addSite(gateway.ctx, operator, input)
    expect(await addSite(gateway.ctx, operator, input)).toEqual(added)
    expect(await refusalOf(addSite(gateway.ctx, operator, { ...input, zone: "UTC" }))).toBe("request/conflict")
    const another = { ...newSite(participant.id), number: input.number }
    expect(await refusalOf(addSite(gateway.ctx, operator, another))).toBe("site/number-taken")
  })

  test("an operator of one site sees that site", async () => {
    const { siteId } = await makeStall(gateway.ctx)
    expect((await listSites(gateway.ctx.db, operatorOf(siteId))).map((site) => site.id)).toEqual([siteId])
    expect((await listSites(gateway.ctx.db, operator)).length).toBeGreaterThan(1)
  })
})
