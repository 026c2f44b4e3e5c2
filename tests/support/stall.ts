// Actors, and an organisation with a site and a merchant, for tests that need a stall to act at.
import { ed25519 } from "@noble/curves/ed25519.js"
import { p256 } from "@noble/curves/nist.js"
import { type Actor, type Scope, scopes } from "@suyuan/api/actor"
import type { Context } from "@suyuan/api/context"
import { addMerchant } from "@suyuan/api/merchants/add-merchant"
import { addParticipant } from "@suyuan/api/participants/add-participant"
import { addSite } from "@suyuan/api/participants/add-site"
import { brokerTokens } from "@suyuan/api/terminals/broker-token"
import { createClaimCode } from "@suyuan/api/terminals/create-claim-code"
import { enrol } from "@suyuan/api/terminals/enrol"
import { claimCodeHash, enrolmentMessage } from "@suyuan/protocol/terminal/enrolment"
import type { SignatureAlgorithm } from "@suyuan/protocol/terminal/signature"

export const operator: Actor = { kind: "operator", id: "operator-one", siteIds: [], scopes }
export const secondOperator: Actor = { ...operator, id: "operator-two" }

/** Everything but one scope. */
export function operatorWithout(scope: Scope): Actor {
  return { ...operator, id: `operator-without-${scope}`, scopes: scopes.filter((other) => other !== scope) }
}

/** Every scope, at one site only. */
export function operatorOf(siteId: string): Actor {
  return { ...operator, id: "operator-of-one-site", siteIds: [siteId] }
}

let lastNumber = 100

export type TestStall = { readonly participantId: string; readonly siteId: string; readonly merchantId: string }

export async function makeStall(ctx: Context, kind: "base" | "wholesale" | "market" = "market"): Promise<TestStall> {
  lastNumber += 1
  const [participantId, siteId, merchantId] = [ctx.random.uuid(), ctx.random.uuid(), ctx.random.uuid()]
  const number = lastNumber
  const names = { name: `测试${number}`, nameEn: `Test ${number}` }
  await addParticipant(ctx, operator, { id: participantId, number, role: kind, ...names })
  await addSite(ctx, operator, {
    ...{ id: siteId, number, participantId, kind, ...names },
    regionCode: "110106",
    zone: "Asia/Shanghai",
  })
  await addMerchant(ctx, operator, { id: merchantId, siteId, stallNumber: "A-12", name: "甲摊" })
  return { participantId, siteId, merchantId }
}

export const testBrokerTokens = (ctx: Context) => brokerTokens("a secret of the tests, 32 characters", ctx.clock)

export type TestTablet = {
  readonly algorithm: SignatureAlgorithm
  readonly secretKey: Uint8Array
  readonly publicKey: Uint8Array
  readonly sign: (message: Uint8Array) => Uint8Array
}

/** A tablet with a key of its own. */
export function newTablet(algorithm: SignatureAlgorithm = "ed25519"): TestTablet {
  if (algorithm === "p256") {
    const secretKey = p256.utils.randomSecretKey()
    const publicKey = p256.getPublicKey(secretKey, true)
    return { algorithm, secretKey, publicKey, sign: (message) => p256.sign(message, secretKey, { lowS: true }) }
  }
  const secretKey = ed25519.utils.randomSecretKey()
  const publicKey = ed25519.getPublicKey(secretKey)
  return { algorithm, secretKey, publicKey, sign: (message) => ed25519.sign(message, secretKey) }
}

/** What a tablet sends to enrol with this code. */
export function enrolmentOf(ctx: Context, tablet: TestTablet, claimCode: string, address = "203.0.113.7") {
  const { NETWORK_ID } = ctx.config
  const codeHash = claimCodeHash(NETWORK_ID, claimCode) ?? new Uint8Array(32)
  const proof = tablet.sign(enrolmentMessage(NETWORK_ID, codeHash, tablet.publicKey))
  return { claimCode, algorithm: tablet.algorithm, publicKey: tablet.publicKey, proof, address }
}

/** A terminal of the merchant's that is active already. */
export async function enrolTerminal(ctx: Context, merchantId: string, tablet: TestTablet = newTablet()) {
  const { claimCode } = await createClaimCode(ctx, operator, { merchantId, confirmed: true })
  const enrolment = await enrol(ctx, testBrokerTokens(ctx), enrolmentOf(ctx, tablet, claimCode))
  return { tablet, enrolment, terminalId: Number.parseInt(enrolment.terminalId, 16) }
}

/** Runs a verb that must refuse, and gives the code. */
export async function refusalOf(verb: Promise<unknown>): Promise<string> {
  try {
    await verb
  } catch (error) {
    if (error instanceof Error && "code" in error) return String(error.code)
    throw error
  }
  return "not refused"
}
