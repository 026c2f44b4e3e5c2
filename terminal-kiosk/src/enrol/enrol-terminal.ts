import type { Transport } from "@suyuan/client/transport"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import type { NetworkId } from "@suyuan/protocol/network"
import { err, ok, type Result } from "@suyuan/protocol/result"
import { claimCodeHash, enrolmentMessage, keyFingerprint } from "@suyuan/protocol/terminal/enrolment"
import { parseTerminalHex } from "@suyuan/protocol/terminal/identifiers"
import { toLowS } from "@suyuan/protocol/terminal/signature"
import { z } from "zod"
import { type Random, systemRandom } from "../clock"
import type { KeyStore } from "../keys/key-store"
import { callGateway, type GatewayRefusal } from "../link/call-gateway"
import { pinOf } from "../settings/owner-pin"
import { FIRST_SETTINGS } from "../settings/settings"
import type { LocalStore } from "../store/local-store"
import { type IdentityRow, type SettingsRow, THE_ONE } from "../store/rows"

export interface EnrolRequest {
  readonly keys: KeyStore
  readonly store: LocalStore
  readonly transport: Transport
  /** As the seller typed it. */
  readonly claimCode: string
  readonly networkId: NetworkId
  /** What the screen was told before: the language, and the owner's PIN; a terminal without a screen has none. */
  readonly owner?: { readonly pin: string; readonly language: SettingsRow["language"] }
  readonly random?: Random
}

export type EnrolError =
  | { readonly kind: "claim-code-malformed" }
  /** This tablet is a terminal already; another stall needs another store. */
  | { readonly kind: "enrolled-already" }
  | { readonly kind: "wrong-network" }
  | GatewayRefusal

export interface Enrolled {
  readonly identity: IdentityRow
  /** To be compared with the operator's screen by a person; nothing is sold before. */
  readonly fingerprint: string
  readonly state: "claimed" | "active" | "suspended" | "revoked"
}

const enrolmentAnswer = z.object({
  terminalId: z.string(),
  state: z.enum(["claimed", "active", "suspended", "revoked"]),
  networkId: z.number().int(),
  gatewayUrl: z.string().max(300),
  receiptKey: z.string().regex(/^[0-9a-f]{64}$/),
  stall: z.object({ merchantId: z.string(), stallNumber: z.string(), name: z.string() }),
  site: z.object({
    id: z.string(),
    number: z.number().int(),
    kind: z.enum(["base", "wholesale", "market"]),
    name: z.string(),
    nameEn: z.string(),
    zone: z.string(),
    dayStartsAtMinutes: z.number().int(),
  }),
})

/**
 * Makes this tablet the terminal that a claim code stands for. Safe to repeat after any interruption: the key is kept
 * before it is sent, and the same key with the same code is the same terminal.
 */
export async function enrolTerminal(request: EnrolRequest): Promise<Result<Enrolled, EnrolError>> {
  const { keys, store, transport, claimCode, networkId, owner, random = systemRandom } = request
  if ((await store.get("identity", THE_ONE)) !== undefined) return err({ kind: "enrolled-already" })
  const codeHash = claimCodeHash(networkId, claimCode)
  if (codeHash === undefined) return err({ kind: "claim-code-malformed" })
  const { algorithm, publicKey, sign } = await keys.signingKey()
  const signed = await sign(enrolmentMessage(networkId, codeHash, publicKey))
  const proof = algorithm === "p256" ? toLowS(signed) : signed
  const body = { claimCode, algorithm, publicKey: toHex(publicKey), proof: toHex(proof) }
  const answer = await callGateway(transport, "/enrolments", body, enrolmentAnswer)
  if (!answer.ok) return answer
  if (answer.value.networkId !== networkId) return err({ kind: "wrong-network" })
  const terminal = parseTerminalHex(answer.value.terminalId)
  const receiptKey = fromHex(answer.value.receiptKey)
  if (!terminal.ok || receiptKey === undefined) return err({ kind: "not-understood" })
  const { gatewayUrl, stall, site, state } = answer.value
  const identity: IdentityRow = { terminal: terminal.value, networkId, gatewayUrl, stall, site }
  const settings = owner && { ...FIRST_SETTINGS, language: owner.language, pin: await pinOf(random, owner.pin) }
  // The key first: without it the identity would be a terminal that can sell nothing.
  await keys.keepReceiptKey(receiptKey)
  // At once: a terminal whose PIN is still to be chosen would take anybody's.
  await store.commit([
    { table: "identity", change: "insert", key: THE_ONE, row: identity },
    ...(settings === undefined ? [] : [{ table: "settings", change: "put", key: THE_ONE, row: settings } as const]),
  ])
  return ok({ identity, state, fingerprint: keyFingerprint(networkId, { algorithm, publicKey }) })
}
