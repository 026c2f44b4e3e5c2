import { describe, expect, test } from "bun:test"
import { changeTerminalState } from "@suyuan/api/terminals/change-terminal-state"
import { endDisplay } from "@suyuan/api/terminals/end-display"
import { inviteDisplay } from "@suyuan/api/terminals/invite-display"
import { pairDisplay, refreshDisplayToken } from "@suyuan/api/terminals/pair-display"
import { displays } from "@suyuan/drizzle/schema/terminals"
import {
  DISPLAY_CODE_RANDOM_BYTES,
  displayCodeHash,
  displayCodeText,
  displayEndMessage,
  displayInvitationMessage,
} from "@suyuan/protocol/terminal/display-request"
import { eq } from "drizzle-orm"
import { decode } from "hono/jwt"
import { isCovered } from "../../../scripts/engines/topic-filters"
import type { TestGateway } from "../../support/context"
import { withOwnStall } from "../../support/own-stall"
import { enrolTerminal, newTablet, operator, refusalOf, type TestStall, testBrokerTokens } from "../../support/stall"

let gateway: TestGateway
let stall: TestStall
withOwnStall((own) => {
  gateway = own.gateway
  stall = own.stall
})

type Enrolled = Awaited<ReturnType<typeof enrolTerminal>>
const enrol = () => enrolTerminal(gateway.ctx, stall.merchantId)

function invitationOf({ terminalId, tablet }: Enrolled, signer = tablet) {
  const { ctx } = gateway
  const code = displayCodeText(ctx.random.bytes(DISPLAY_CODE_RANDOM_BYTES))
  const codeHash = displayCodeHash(ctx.config.NETWORK_ID, code) ?? new Uint8Array()
  const invitation = { terminal: terminalId, displayId: ctx.random.uuid(), codeHash }
  const signature = signer.sign(displayInvitationMessage(ctx.config.NETWORK_ID, invitation))
  return { code, invitation: { ...invitation, signature } }
}

const secretOf = () => gateway.ctx.random.bytes(32)
const pair = (code: string, secret: Uint8Array, address = "203.0.113.9") =>
  pairDisplay(gateway.ctx, testBrokerTokens(gateway.ctx), { code, secret, address })
const refresh = (id: string, secret: Uint8Array) =>
  refreshDisplayToken(gateway.ctx, testBrokerTokens(gateway.ctx), id, secret)

function end({ terminalId, tablet }: Enrolled, displayId: string, signer = tablet) {
  const signature = signer.sign(displayEndMessage(gateway.ctx.config.NETWORK_ID, terminalId, displayId))
  return endDisplay(gateway.ctx, { terminal: terminalId, displayId, signature })
}

async function paired(terminal: Enrolled) {
  const { code, invitation } = invitationOf(terminal)
  await inviteDisplay(gateway.ctx, invitation)
  const secret = secretOf()
  return { code, secret, access: await pair(code.toLowerCase().replace("-", " "), secret) }
}

describe("a customer's screen on a second tablet", () => {
  test("[DS-5] is paired by the code, and may hear what it shows and nothing else", async () => {
    const terminal = await enrol()
    const { access } = await paired(terminal)
    expect(access).toMatchObject({ terminalId: terminal.enrolment.terminalId, stall: "甲摊" })
    const payload = decode(access.brokerToken).payload as { sub: string; acl: { pub: string[]; sub: string[] } }
    expect(payload.sub).toBe(`display-${access.displayId}`)
    expect(payload.acl.pub).toEqual([])
    const own = `t/${terminal.terminalId % 16}/${access.terminalId}`
    const mayHear = (topic: string) => payload.acl.sub.some((filter) => isCovered(topic, filter))
    expect(mayHear(`${own}/show/${access.displayId}`)).toBe(true)
    for (const topic of [`${own}/show/${gateway.ctx.random.uuid()}`, `${own}/down/payment`, `${own}/#`, "t/#"]) {
      expect(mayHear(topic)).toBe(false)
    }
  })

  test("[DS-3] [response lost] the same secret with the same code is the same screen; another one is refused", async () => {
    const { code, secret, access } = await paired(await enrol())
    expect((await pair(code, secret)).displayId).toBe(access.displayId)
    expect(await refusalOf(pair(code, secretOf()))).toBe("display/code-used")
  })

  test("[DS-2] [response lost] the same invitation is the same; its id with another code is refused", async () => {
    const terminal = await enrol()
    const { invitation } = invitationOf(terminal)
    const first = await inviteDisplay(gateway.ctx, invitation)
    gateway.clock.advance(1000)
    expect(await inviteDisplay(gateway.ctx, invitation)).toEqual(first)
    const other = invitationOf(terminal).invitation
    const changed = { ...other, displayId: invitation.displayId }
    const signature = terminal.tablet.sign(displayInvitationMessage(gateway.ctx.config.NETWORK_ID, changed))
    expect(await refusalOf(inviteDisplay(gateway.ctx, { ...changed, signature }))).toBe("request/conflict")
  })

  test("[DS-3] a code lives five minutes, and who guesses is stopped", async () => {
    const terminal = await enrol()
    const { code, invitation } = invitationOf(terminal)
    await inviteDisplay(gateway.ctx, invitation)
    gateway.clock.advance(300_000)
    expect(await refusalOf(pair(code, secretOf()))).toBe("display/code-expired")
    for (let guess = 0; guess < 10; guess += 1) {
      expect(await refusalOf(pair("7777-7777", secretOf(), "203.0.113.66"))).toBe("display/code-unknown")
    }
    expect(await refusalOf(pair("7777-7777", secretOf(), "203.0.113.66"))).toBe("request/too-many")
  })

  test("refuses the wrong actor: another key's invitation or end, another terminal's screen, another secret", async () => {
    const [one, two] = [await enrol(), await enrol()]
    const { secret, access } = await paired(one)
    expect(await refusalOf(inviteDisplay(gateway.ctx, invitationOf(one, newTablet()).invitation))).toBe(
      "terminal/bad-signature",
    )
    expect(await refusalOf(end(one, access.displayId, two.tablet))).toBe("terminal/bad-signature")
    expect(await refusalOf(end(two, access.displayId))).toBe("display/unknown")
    expect(await refusalOf(refresh(access.displayId, secretOf()))).toBe("display/wrong-secret")
    expect((await refresh(access.displayId, secret)).displayId).toBe(access.displayId)
  })

  test("[DS-6] ended by the stall, or with its terminal, it gets no token any more", async () => {
    const terminal = await enrol()
    const [first, second] = [await paired(terminal), await paired(terminal)]
    await end(terminal, first.access.displayId)
    await end(terminal, first.access.displayId)
    expect(await refusalOf(refresh(first.access.displayId, first.secret))).toBe("display/ended")
    expect(await refusalOf(pair(first.code, first.secret))).toBe("display/ended")
    await changeTerminalState(gateway.ctx, operator, terminal.terminalId, "revoke", "lost")
    expect(await refusalOf(refresh(second.access.displayId, second.secret))).toBe("terminal/revoked")
    expect(await refusalOf(inviteDisplay(gateway.ctx, invitationOf(terminal).invitation))).toBe("terminal/revoked")
  })

  test("[DS-2] four at a time; the code's text and the secret are kept nowhere", async () => {
    const terminal = await enrol()
    const screens = []
    for (let count = 0; count < 4; count += 1) screens.push(await paired(terminal))
    const more = invitationOf(terminal)
    expect(await refusalOf(inviteDisplay(gateway.ctx, more.invitation))).toBe("display/too-many")
    await end(terminal, screens[0]!.access.displayId)
    await inviteDisplay(gateway.ctx, more.invitation)
    // Invited while there was room for one: only the first that comes has it.
    const another = invitationOf(terminal)
    await inviteDisplay(gateway.ctx, another.invitation)
    const secret = secretOf()
    await pair(more.code, secret)
    expect(await refusalOf(pair(another.code, secretOf()))).toBe("display/too-many")
    expect((await pair(more.code, secret)).terminalId).toBe(terminal.enrolment.terminalId)
    const rows = await gateway.ctx.db.select().from(displays).where(eq(displays.terminalId, terminal.terminalId))
    const text = JSON.stringify(rows)
    for (const { code, secret } of screens) {
      expect(text).not.toContain(code)
      expect(text).not.toContain(Buffer.from(secret).toString("hex"))
    }
  })
})
