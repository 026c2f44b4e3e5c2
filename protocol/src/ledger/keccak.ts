/** Keccak-256 as Ethereum has it (not SHA3-256): the ledger's hash, because the contract computes it too. */
export { keccak256 } from "../codec/hashes"
