/**
 * What a program trusts of the ledger: built into it, or read from the gateway and then the gateway's own word. A root
 * counts for more than our word only when members of the consortium, asked at their own addresses, have the same one, or
 * when the consortium's validators sealed the state in which it stands.
 */
import type { GatewayClient } from "@suyuan/client/client"
import { equalBytes, fromHex } from "@suyuan/protocol/codec/bytes"
import type { ProofLocation } from "@suyuan/protocol/ledger/proof"
import type { AskSignature } from "@suyuan/protocol/terminal/signature"
import type { BuiltInLedger, BuiltInSeals } from "./built-in-ledger"
import type { ProofReaders, ProofSetting } from "./check-proof"
import { gatewayReaders, gatewaySetting, readSealedState } from "./read-proof"

export interface LedgerTrust {
  readonly setting: ProofSetting
  readonly readers: ProofReaders
  readonly by: Vouching
}

/** Who vouches for the anchor beside the proof itself. */
type Vouching = "ourselves" | "members" | "validators"

export function vouchedBy(built: BuiltInLedger | undefined): Vouching {
  if (built?.seals !== undefined) return "validators"
  return built === undefined || built.witnesses.length === 0 ? "ourselves" : "members"
}

/** @param clientAt asks another member's gateway */
export async function openLedgerTrust(
  gateway: GatewayClient,
  verifySignature: AskSignature,
  built: BuiltInLedger | undefined,
  clientAt: (origin: string) => GatewayClient,
): Promise<LedgerTrust> {
  const own = gatewayReaders(gateway)
  const by = vouchedBy(built)
  if (built === undefined) return { setting: await gatewaySetting(gateway, verifySignature), readers: own, by }
  const { networkId, chainId, witnesses, seals } = built
  const contract = fromHex(built.contract) ?? new Uint8Array(0)
  const developmentChain = witnesses.length === 0 && seals === undefined
  const setting = { networkId, chainId, contract, developmentChain, verifySignature }
  if (seals !== undefined) {
    return { setting, readers: { ...own, sealedState: sealedBy(gateway, contract, seals) }, by }
  }
  return { setting, readers: witnessed(own, witnesses.map(clientAt)), by }
}

function sealedBy(gateway: GatewayClient, ledger: Uint8Array, { engine, validators, terminals }: BuiltInSeals) {
  const address = (hex: string) => fromHex(hex) ?? new Uint8Array(0)
  const trust = { validators: { engine, addresses: validators.map(address) }, ledger, terminals: address(terminals) }
  return (location: ProofLocation) => readSealedState(gateway, trust, location)
}

/**
 * Every member is asked. One that does not answer leaves the root our word; one that has another root is believed before
 * us, so that the step fails; one that has none yet leaves the check unfinished.
 */
function witnessed(own: ProofReaders, clients: readonly GatewayClient[]): ProofReaders {
  if (clients.length === 0) return own
  let isWitnessed = false
  return {
    terminalKeyOf: own.terminalKeyOf,
    isRootWitnessed: () => isWitnessed,
    async rootOf(log, sequence) {
      const answers = await Promise.all(
        clients.map((client) =>
          gatewayReaders(client)
            .rootOf(log, sequence)
            .then(known, () => "away" as const),
        ),
      )
      const root = await own.rootOf(log, sequence)
      const others = answers.filter((answer) => answer !== "away")
      isWitnessed = others.length === clients.length
      const other = others.find(({ root: theirs }) => theirs !== undefined && !same(theirs, root))
      if (other !== undefined) return other.root
      // Its node may lag behind: neither yes nor no, a moment later it knows.
      if (root !== undefined && others.some(({ root: theirs }) => theirs === undefined)) {
        throw new Error("a member has no such batch")
      }
      return root
    },
  }
}

const known = (root: Uint8Array | undefined) => ({ root })

function same(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalBytes(a, b)
}
