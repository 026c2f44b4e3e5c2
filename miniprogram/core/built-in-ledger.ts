/** The ledger that a program trusts, as its builder names it. Read by the builder too: it imports nothing. */
export interface BuiltInLedger {
  readonly networkId: number
  readonly chainId: number
  /** 20 bytes in hex. */
  readonly contract: string
  /** Origins of other members' gateways. */
  readonly witnesses: readonly string[]
  /** Where a consortium stands: whose seals on its blocks count. Then nobody's word is asked for. */
  readonly seals?: BuiltInSeals | undefined
}

export interface BuiltInSeals {
  readonly engine: "qbft" | "clique"
  /** Addresses, 20 bytes in hex. */
  readonly validators: readonly string[]
  /** The registry of terminals, 20 bytes in hex. */
  readonly terminals: string
}

const witnessesMax = 16
const validatorsMax = 64
const isAddress = (value: unknown): value is string => typeof value === "string" && /^[0-9a-f]{40}$/.test(value)

/** A build's own setting. Throws on anything else: a program that trusts something unclear is not to be built. */
export function parseBuiltInLedger(text: string): BuiltInLedger {
  const given = JSON.parse(text) as Partial<Record<keyof BuiltInLedger, unknown>>
  const { networkId, chainId, contract, witnesses, seals } = given
  const isNumber = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0
  const isWitness = (value: unknown): value is string =>
    typeof value === "string" && /^(https:\/\/[a-z0-9.-]+|http:\/\/127\.0\.0\.1)(:[0-9]{1,5})?$/.test(value)
  if (!isNumber(networkId) || !isNumber(chainId)) throw new Error("networkId and chainId are whole numbers above 0")
  if (!isAddress(contract)) throw new Error("contract is 20 bytes in hex")
  if (!Array.isArray(witnesses) || witnesses.length > witnessesMax || !witnesses.every(isWitness))
    throw new Error("witnesses are https origins")
  const trusted = { networkId, chainId, contract, witnesses }
  return seals === undefined ? trusted : { ...trusted, seals: parseSeals(seals) }
}

function parseSeals(given: unknown): BuiltInSeals {
  const { engine, validators, terminals } = given as Partial<Record<keyof BuiltInSeals, unknown>>
  if (engine !== "qbft" && engine !== "clique") throw new Error("seals.engine is qbft or clique")
  if (!isAddress(terminals)) throw new Error("seals.terminals is 20 bytes in hex")
  const isSet =
    Array.isArray(validators) && validators.every(isAddress) && new Set(validators).size === validators.length
  if (!isSet || validators.length < 1 || validators.length > validatorsMax)
    throw new Error("seals.validators are different addresses, each 20 bytes in hex")
  return { engine, validators, terminals }
}
