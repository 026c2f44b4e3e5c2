/** A record anchored alone in a batch, as a gateway would that seals whatever it likes. */

import { batchRoot } from "@suyuan/protocol/ledger/batch"
import { ABSENT_COMMITMENT, commitSection } from "@suyuan/protocol/ledger/commitment"
import { encodeEntry } from "@suyuan/protocol/ledger/entry"
import { buildProof } from "@suyuan/protocol/ledger/proof-bundle"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import type { SectionName, Sections } from "@suyuan/protocol/ledger/record-kind"
import type { LedgerRecord } from "@suyuan/protocol/ledger/record-types"
import { filled, logContext } from "./ledger"
import { sampleRecordId } from "./records"

const salt = filled(16, 0x33)

/** @param forged replaces encoded sections. */
export function anchoredAlone(
  record: LedgerRecord,
  forged: Partial<Sections> = {},
  recordId: Uint8Array = sampleRecordId(record),
): { readonly bundle: string; readonly root: Uint8Array } {
  const sections: Sections = { ...encodeRecord(record), ...forged }
  const commit = (name: SectionName): Uint8Array => {
    const bytes = sections[name]
    return bytes === undefined ? ABSENT_COMMITMENT : commitSection(name, salt, bytes)
  }
  const entry = encodeEntry({
    kind: record.kind,
    recordId,
    commitments: { public: commit("public"), commercial: commit("commercial"), personal: commit("personal") },
    // Nobody opens these ciphertexts: a proof rests on the commitments.
    publicCiphertext: filled(20, 0),
    commercialCiphertext: filled(sections.commercial === undefined ? 0 : 20, 0),
  })
  const { chainId, contract, log } = logContext
  const opened = {
    public: { salt, bytes: sections.public },
    ...(sections.commercial === undefined ? {} : { commercial: { salt, bytes: sections.commercial } }),
  }
  const bundle = buildProof({ chainId, contract, log, sequence: 3, entries: [entry], index: 0, sections: opened })
  return { bundle, root: batchRoot([entry]) }
}
