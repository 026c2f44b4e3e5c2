/** What a second tablet keeps: which display it is, and the secret that shows it. */

const KEY = "suyuan-display"

export interface KeptPairing {
  /** Without it the pairing was asked for and not answered. */
  readonly displayId?: string
  readonly secret: string
}

export function keptPairing(): KeptPairing | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null") as KeptPairing | null
    return typeof kept?.secret === "string" ? kept : undefined
  } catch {
    return undefined
  }
}

export function keepPairing(pairing: KeptPairing): void {
  localStorage.setItem(KEY, JSON.stringify(pairing))
}

export function forgetPairing(): void {
  localStorage.removeItem(KEY)
}
