/**
 * The owner's PIN: asked before money goes back, a wallet is bound, or a sale is voided. Chosen with the claim code, so
 * that whoever stands at the tablet later cannot be the first to choose it. It keeps a helper at the stall honest, not a
 * thief with the tablet's disk.
 */
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import type { Random } from "../clock"
import type { SettingsRow } from "../store/rows"
import type { Terminal } from "../terminal"
import { readSettings } from "./settings"

export const PIN_PATTERN = /^\d{4,8}$/
const ITERATIONS = 200_000
const SALT_BYTES = 16
const DIGEST_BITS = 256

/** As it is kept with the settings. @throws RangeError for what is no PIN. */
export async function pinOf(random: Random, pin: string): Promise<NonNullable<SettingsRow["pin"]>> {
  if (!PIN_PATTERN.test(pin)) throw new RangeError("a PIN has four to eight digits")
  const salt = random.bytes(SALT_BYTES)
  return { salt: toHex(salt), digest: await digestOf(pin, salt) }
}

/** Whether it is the owner's; `undefined` while there is none. */
export async function checkPin(terminal: Terminal, pin: string): Promise<boolean | undefined> {
  const { pin: kept } = await readSettings(terminal)
  const salt = kept && fromHex(kept.salt)
  if (kept === undefined || salt === undefined) return undefined
  return (await digestOf(pin, salt)) === kept.digest
}

async function digestOf(pin: string, salt: Uint8Array): Promise<string> {
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"])
  const how = { name: "PBKDF2", hash: "SHA-256", salt: new Uint8Array(salt), iterations: ITERATIONS }
  return toHex(new Uint8Array(await crypto.subtle.deriveBits(how, key, DIGEST_BITS)))
}
