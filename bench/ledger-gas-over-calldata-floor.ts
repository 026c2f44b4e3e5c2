// ledger.gasOverCalldataFloor: gas of a full batch on TraceLedger, over what its calldata alone costs: 16 gas a byte,
// 4 a zero byte, 21,000 a transaction.
//
// Floor: 1. What is above it hashes every entry in the contract (so that a root never belongs to other bytes), checks the
// batch's place in its log, and writes a root and a head: three storage slots a batch, however many entries it holds.
import type { Figure } from "./figure"
import { measureChainGas } from "./measure/chain-gas"
import { rounded } from "./measure/percentile"

export const ledgerGasOverCalldataFloor: Figure = {
  name: "ledger.gasOverCalldataFloor",
  required: { atMost: 1.25 },
  measure: async () => {
    const { batchGas, calldataGas, entries, entryBytes } = await measureChainGas()
    return [
      { name: "ledger.gasOverCalldataFloor", value: rounded(batchGas / calldataGas, 3), unit: "ratio", n: entries },
      {
        name: "ledger.gasOverCalldataFloor.gasPerRecord",
        value: rounded(batchGas / entries, 0),
        unit: "gas",
        n: entries,
      },
      { name: "ledger.gasOverCalldataFloor.entryBytes", value: rounded(entryBytes, 0), unit: "bytes", n: entries },
    ]
  },
}
