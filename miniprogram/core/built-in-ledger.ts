/** The ledger that a program trusts, as its builder names it. Read by the builder too: it imports nothing. */
export interface BuiltInLedger {
  readonly networkId: number
  readonly chainId: number
  /** 20 bytes in hex. */
  readonly contract: string
  /** Origins of other members' gateways. */
  readonly witnesses: readonly string[]
}

const witnessesMax = 16

/** A build's own setting. Throws on anything else: a program that trusts something unclear is not to be built. */
export function parseBuiltInLedger(text: string): BuiltInLedger {
  const given = JSON.parse(text) as Partial<Record<keyof BuiltInLedger, unknown>>
  const { networkId, chainId, contract, witnesses } = given
  const isNumber = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0
  const isWitness = (value: unknown): value is string =>
    typeof value === "string" && /^(https:\/\/[a-z0-9.-]+|http:\/\/127\.0\.0\.1)(:[0-9]{1,5})?$/.test(value)
  if (!isNumber(networkId) || !isNumber(chainId)) throw new Error("networkId and chainId are whole numbers above 0")
  if (typeof contract !== "string" || !/^[0-9a-f]{40}$/.test(contract)) throw new Error("contract is 20 bytes in hex")
  if (!Array.isArray(witnesses) || witnesses.length > witnessesMax || !witnesses.every(isWitness))
    throw new Error("witnesses are https origins")
  return { networkId, chainId, contract, witnesses }
}
