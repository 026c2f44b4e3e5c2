/** What an expert looks for in a proof, as it names itself. Nothing of it is proved by being here. */
import { toHex } from "@suyuan/protocol/codec/bytes"
import { locateProof } from "@suyuan/protocol/ledger/proof"
import { parseProofBundle } from "@suyuan/protocol/ledger/proof-bundle"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"

export interface ProofFact {
  readonly name: "chain" | "contract" | "batch" | "root" | "record" | "terminal" | "path"
  readonly value: string
}

export function proofFacts(text: string): readonly ProofFact[] {
  const [located, bundle] = [locateProof(text), parseProofBundle(text)]
  if (!located.ok || !bundle.ok) return []
  const { log, sequence, kind, recordId, terminal } = located.value
  const { chainId, contract, root, path } = bundle.value
  return [
    { name: "record", value: `${kind} ${toHex(recordId)}` },
    ...(terminal === undefined ? [] : [{ name: "terminal", value: terminalToHex(terminal) } as const]),
    { name: "batch", value: `${log}/${sequence}` },
    { name: "path", value: `${path.length}` },
    { name: "root", value: toHex(root) },
    { name: "chain", value: `${chainId}` },
    { name: "contract", value: `0x${toHex(contract)}` },
  ]
}

/** Says what it is, and of which record. */
export function proofFileName(text: string): string {
  const located = locateProof(text)
  return `suyuan-proof-${located.ok ? toHex(located.value.recordId).slice(0, 12) : "unread"}.json`
}
