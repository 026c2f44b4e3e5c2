// The deployment file: where the contracts stand on which chain. Written by whoever deploys, read by the gateway and
// the ledger nodes. Plain parsing, so that it can be read without any dependency.

/** Addresses are `0x` and 40 lower-case hex digits. */
export type Deployment = {
  readonly chainId: number
  /** ParticipantRegistry */
  readonly participants: string
  /** TerminalRegistry */
  readonly terminals: string
  /** TraceLedger */
  readonly ledger: string
}

const fields = ["chainId", "ledger", "participants", "terminals"]

/**
 * Parses the text of a deployment file.
 *
 * @throws Error with a sentence that names the wrong field.
 */
export function parseDeployment(text: string): Deployment {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Error("deployment file: not JSON")
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error("deployment file: not an object")
  }
  const record = value as Record<string, unknown>
  const unknownField = Object.keys(record).find((key) => !fields.includes(key))
  if (unknownField !== undefined) throw new Error(`deployment file: unknown field ${JSON.stringify(unknownField)}`)
  const chainId = record.chainId
  if (typeof chainId !== "number" || !Number.isSafeInteger(chainId) || chainId < 1) {
    throw new Error("deployment file: chainId is not a positive integer")
  }
  return {
    chainId,
    participants: addressField(record, "participants"),
    terminals: addressField(record, "terminals"),
    ledger: addressField(record, "ledger"),
  }
}

/** Text of a deployment file, ending in a line break. */
export function formatDeployment(deployment: Deployment): string {
  const { chainId, participants, terminals, ledger } = deployment
  return `${JSON.stringify({ chainId, participants, terminals, ledger }, undefined, 2)}\n`
}

function addressField(record: Record<string, unknown>, name: string): string {
  const value = record[name]
  if (typeof value !== "string" || !/^0x[0-9a-fA-F]{40}$/.test(value) || /^0x0{40}$/.test(value)) {
    throw new Error(`deployment file: ${name} is not an address (0x and 40 hex digits)`)
  }
  return value.toLowerCase()
}
