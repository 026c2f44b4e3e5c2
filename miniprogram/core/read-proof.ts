/** The readers of a phone without a chain node: root, key and setting are this gateway's word, and are called so. */
import type { GatewayClient } from "@suyuan/client/client"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { type ChainReading, type ChainTrust, readChainProof } from "@suyuan/protocol/ledger/chain-proof"
import type { ProofLocation } from "@suyuan/protocol/ledger/proof"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import type { AskSignature } from "@suyuan/protocol/terminal/signature"
import { FalseReading, type ProofReaders, type ProofSetting } from "./check-proof"

/** Which record: bought by this person, or shared by somebody. */
export type ProofSource = { readonly record: string } | { readonly share: string }

export type ProofText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly why: "waiting" | "busy" | "stranger" | "gone" }

/** Rejects when no answer came. */
export async function readProof(client: GatewayClient, source: ProofSource): Promise<ProofText> {
  const answer =
    "record" in source
      ? await client.getText("/proofs/purchases/{recordId}", { path: { recordId: source.record } })
      : await client.getText("/proofs/shares/{shareId}", { path: { shareId: source.share } })
  if (answer.ok) return { ok: true, text: answer.value }
  if (answer.status >= 500) throw new Error(answer.refusal.code)
  if (answer.status === 429) return { ok: false, why: "busy" }
  if (answer.status === 401) return { ok: false, why: "stranger" }
  return { ok: false, why: answer.refusal.code === "ledger/not-anchored" ? "waiting" : "gone" }
}

export function gatewayReaders(client: GatewayClient): ProofReaders {
  return {
    async rootOf(log, sequence) {
      const answer = await client.get("/ledger/roots/{log}/{sequence}", { path: { log, sequence } })
      if (!answer.ok) throw new Error(answer.refusal.code)
      return answer.value.root === null ? undefined : fromHex(answer.value.root)
    },
    async terminalKeyOf(terminal) {
      const answer = await client.get("/ledger/terminals/{terminal}", { path: { terminal: terminalToHex(terminal) } })
      if (!answer.ok && answer.status === 404) return undefined
      if (!answer.ok) throw new Error(answer.refusal.code)
      const publicKey = fromHex(answer.value.publicKey)
      return publicKey && { algorithm: answer.value.algorithm, publicKey }
    },
  }
}

/** The gateway only carries it: what it proves is computed here. Rejects when it came not, or proves nothing. */
export async function readSealedState(
  client: GatewayClient,
  trust: ChainTrust,
  { log, sequence, terminal }: ProofLocation,
): Promise<ChainReading> {
  const query = terminal === undefined ? {} : { terminal: terminalToHex(terminal) }
  const answer = await client.getText("/ledger/chain-proofs/{log}/{sequence}", { path: { log, sequence }, query })
  if (!answer.ok) throw new Error(answer.refusal.code)
  const reading = readChainProof(answer.value, trust, { log, sequence, terminal })
  if (!reading.ok) throw new FalseReading(reading.error)
  return reading.value
}

/** Until a consortium stands whose network is built in, the anchor is our word: said as a development chain. */
export async function gatewaySetting(client: GatewayClient, verifySignature: AskSignature): Promise<ProofSetting> {
  const answer = await client.get("/ledger/setting")
  if (!answer.ok) throw new Error(answer.refusal.code)
  const { networkId, chainId, contract } = answer.value
  return {
    networkId,
    chainId,
    contract: fromHex(contract) ?? new Uint8Array(0),
    developmentChain: true,
    verifySignature,
  }
}
