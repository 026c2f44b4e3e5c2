/** What `../bare-realm.test.ts` runs of the ledger, in a realm without TextEncoder, Buffer and WebCrypto. */
import batch from "../../vectors/batch.json"
import chainProof from "../../vectors/chain-proof.json"
import entry from "../../vectors/entry.json"
import proof from "../../vectors/proof.json"
import record from "../../vectors/record.json"
import type { RealmCheck } from "../bare-realm"

export const ledgerChecks: readonly RealmCheck[] = [
  {
    name: "records",
    modules: ["ledger/record", "ledger/record-kind", "ledger/record-identity", "ledger/split-parts"],
    vectors: record,
    program: `
      const { decodeRecord, encodeRecord } = modules["ledger/record"]
      const { hasRecordId } = modules["ledger/record-identity"]
      const { splitOriginStatement, splitCatalogue } = modules["ledger/split-parts"]
      for (const { kind, recordId, sections } of vectors.records) {
        const bytes = {}
        for (const name in sections) bytes[name] = fromHex(sections[name])
        const decoded = decodeRecord(kind, bytes)
        if (!decoded.ok) throw new Error(kind + ": " + decoded.error.code)
        if (!hasRecordId(decoded.value, fromHex(recordId))) throw new Error(kind + ": id")
        const again = encodeRecord(decoded.value)
        for (const name in sections) if (toHex(again[name]) !== sections[name]) throw new Error(kind + ": " + name)
        if (kind === "origin-statement" && splitOriginStatement(decoded.value.public).length !== 1) throw new Error(kind)
        if (kind === "catalogue" && splitCatalogue(1, decoded.value.public.entries).length !== 1) throw new Error(kind)
        if (decodeRecord(kind, { public: bytes.public.subarray(1) }).ok) throw new Error(kind + ": cut")
      }
      return vectors.records.length`,
  },
  {
    name: "sealed entries",
    modules: ["ledger/entry"],
    vectors: entry,
    program: `
      const { parseEntry, encodeEntry, entryLeaf } = modules["ledger/entry"]
      for (const { entry, leaf } of vectors.entries) {
        if (toHex(encodeEntry(parseEntry(fromHex(entry)).value)) !== entry) throw new Error(entry)
        if (toHex(entryLeaf(fromHex(entry))) !== leaf) throw new Error(leaf)
      }
      return vectors.entries.length`,
  },
  {
    name: "batches",
    modules: ["ledger/batch"],
    vectors: batch,
    program: `
      const { parseBatch, encodeBatch, batchRoot, batchHead } = modules["ledger/batch"]
      for (const { payload, root, head, concerned } of vectors.batches) {
        const batch = parseBatch(fromHex(payload)).value
        if (toHex(encodeBatch(batch)) !== payload) throw new Error("payload")
        if (toHex(batchRoot(batch.entries)) !== root) throw new Error(root)
        if (toHex(batchHead(batch, concerned)) !== head) throw new Error(head)
      }
      return vectors.batches.length`,
  },
  {
    name: "proof bundles",
    modules: ["ledger/proof", "terminal/verify-noble"],
    vectors: proof,
    program: `
      const { locateProof, verifyProof } = modules["ledger/proof"]
      const { verifyNoble: verifySignature } = modules["terminal/verify-noble"]
      const { networkId, chainId, contract, root, terminal, terminalKeys } = vectors.trust
      const keys = terminalKeys.map(({ algorithm, publicKey }) => ({ algorithm, publicKey: fromHex(publicKey) }))
      const shared = { networkId, chainId, contract: fromHex(contract), root: fromHex(root), verifySignature }
      for (const { kind, bundle } of vectors.bundles) {
        const located = locateProof(bundle)
        if (!located.ok) throw new Error(kind + ": " + located.error)
        if (located.value.terminal !== undefined && located.value.terminal !== terminal) throw new Error(kind)
        const reports = keys.map((terminalKey) =>
          verifyProof(bundle, { ...shared, terminalKey, developmentChain: true }))
        if (!reports.some((report) => report.verified && report.ourWordOnly)) throw new Error(kind)
        if (verifyProof(bundle + " ", { ...shared, terminalKey: keys[0], developmentChain: true }).verified) throw new Error(kind)
      }
      return vectors.bundles.length`,
  },
  {
    name: "chain proofs",
    modules: ["ledger/chain-proof"],
    vectors: chainProof,
    program: `
      const { readChainProof } = modules["ledger/chain-proof"]
      const { engine, validators, ledger, terminals } = vectors.trust
      const trust = {
        validators: { engine, addresses: validators.map(fromHex) }, ledger: fromHex(ledger), terminals: fromHex(terminals),
      }
      for (const { terminal, publicKey, proof } of vectors.terminals) {
        const read = readChainProof(proof, trust, { log: vectors.log, sequence: vectors.sequence, terminal })
        if (!read.ok || !read.value.isSealed || toHex(read.value.root) !== vectors.root) throw new Error(proof)
        if (toHex(read.value.terminalKey.publicKey) !== publicKey) throw new Error(publicKey)
      }
      return vectors.terminals.length`,
  },
]
