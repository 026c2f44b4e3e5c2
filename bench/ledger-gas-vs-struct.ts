// ledger.gasVsStruct: gas a record in a full batch, over gas of the same entry kept as one struct in storage by its own
// transaction (contracts/src/bench/StructPerRecord.sol), which is what public supply-chain contracts do.
//
// Floor: calldata costs 16 gas a byte, storage 691 a byte (22,100 a slot of 32), so 1/43 for the bytes alone; the struct
// also pays its transaction and the lengths of its fields.
import type { Figure } from "./figure"
import { measureChainGas } from "./measure/chain-gas"
import { rounded } from "./measure/percentile"

export const ledgerGasVsStruct: Figure = {
  name: "ledger.gasVsStruct",
  required: { atMost: 0.05 },
  measure: async () => {
    const { batchGas, entries, structGas, structs } = await measureChainGas()
    return [
      { name: "ledger.gasVsStruct", value: rounded(batchGas / entries / structGas, 4), unit: "ratio", n: structs },
      { name: "ledger.gasVsStruct.gasPerStruct", value: rounded(structGas, 0), unit: "gas", n: structs },
    ]
  },
}
