/**
 * The owner's PIN: asked before money goes back, a wallet is bound, or a sale is voided. Chosen with the claim code, so
 * that whoever stands at the tablet later cannot be the first to choose it. It keeps a helper at the stall honest, not a
 * thief with the tablet's disk: five tries, then longer and longer waits.
 */
import { fromHex, toHex, utf8Encode } from "@suyuan/protocol/codec/bytes"
import type { Clock, Random } from "../clock"
import { type SettingsRow, THE_ONE } from "../store/rows"
import type { Terminal } from "../terminal"
import { changeSettings, readSettings } from "./settings"

type KeptPin = NonNullable<SettingsRow["pin"]>

export const PIN_PATTERN = /^\d{4,8}$/
/** Before the first wait. */
export const PIN_TRIES = 5
/** After the fifth wrong one in a row; twice as long after each that follows. */
const WAIT_MS_FIRST = 15 * 60_000
/** A dozen tries a day: years for four digits. */
const WAIT_MS_MAX = 2 * 3_600_000
/** OWASP's password storage sheet names these beside 19 MiB and two passes; a cheap tablet has little memory. */
const ARGON2ID = { m: 12 * 1024, t: 3, p: 1, dkLen: 32 } as const
const SALT_BYTES = 16

export type PinVerdict =
  | { readonly verdict: "right" }
  | { readonly verdict: "wrong"; readonly triesLeft: number }
  /** Nothing was looked at: by the steady clock, when the next try may be made. */
  | { readonly verdict: "locked"; readonly untilMs: number }
  /** Who enrolled before it was asked for has none. */
  | { readonly verdict: "none" }

/**
 * Since when the newest wait runs, by the clock that nobody sets, and in this process's memory: whoever sets the tablet's
 * clock forward, or switches it off and on, waits no shorter.
 */
export interface PinWait {
  sinceMs: number
}

export function openPinWait(clock: Clock): PinWait {
  return { sinceMs: clock.steadyMs() }
}

/** As it is kept with the settings. @throws RangeError for what is no PIN. */
export async function pinOf(random: Random, pin: string): Promise<KeptPin> {
  if (!PIN_PATTERN.test(pin)) throw new RangeError("a PIN has four to eight digits")
  const salt = random.bytes(SALT_BYTES)
  return { kind: "argon2id", salt: toHex(salt), digest: await argon2idOf(pin, salt) }
}

/** Whether it is the owner's. A try is on the disk before it is looked at, so that none is had twice by a reload. */
export async function checkPin(terminal: Terminal, pin: string): Promise<PinVerdict> {
  const { store, clock, pinWait, random, inTurn } = terminal
  const { pin: kept } = await readSettings(terminal)
  if (kept === undefined) return { verdict: "none" }
  const tried = await inTurn(async () => {
    const wrong = (await store.get("pinTries", THE_ONE))?.wrong ?? 0
    const untilMs = pinWait.sinceMs + waitMs(wrong)
    if (clock.steadyMs() < untilMs) return { untilMs }
    await store.commit([{ table: "pinTries", change: "put", key: THE_ONE, row: { wrong: wrong + 1 } }])
    pinWait.sinceMs = clock.steadyMs()
    return { wrong: wrong + 1 }
  })
  if (tried.untilMs !== undefined) return { verdict: "locked", untilMs: tried.untilMs }
  if (!(await isPin(kept, pin))) {
    const untilMs = pinWait.sinceMs + waitMs(tried.wrong)
    const triesLeft = PIN_TRIES - tried.wrong
    return triesLeft > 0 ? { verdict: "wrong", triesLeft } : { verdict: "locked", untilMs }
  }
  await inTurn(() => store.commit([{ table: "pinTries", change: "delete", key: THE_ONE }]))
  if (kept.kind === undefined) await changeSettings(terminal, { pin: await pinOf(random, pin) })
  return { verdict: "right" }
}

/** When the next try may be made, by the steady clock; `undefined` where it may be made now. */
export async function pinLockedUntilMs({ store, clock, pinWait }: Terminal): Promise<number | undefined> {
  const untilMs = pinWait.sinceMs + waitMs((await store.get("pinTries", THE_ONE))?.wrong ?? 0)
  return clock.steadyMs() < untilMs ? untilMs : undefined
}

function waitMs(wrong: number): number {
  return wrong < PIN_TRIES ? 0 : Math.min(WAIT_MS_MAX, WAIT_MS_FIRST * 2 ** Math.min(wrong - PIN_TRIES, 10))
}

async function isPin(kept: KeptPin, pin: string): Promise<boolean> {
  const salt = fromHex(kept.salt)
  if (salt === undefined) throw new Error("the kept PIN is not hex")
  return (kept.kind === undefined ? await pbkdf2Of(pin, salt) : await argon2idOf(pin, salt)) === kept.digest
}

/** Not on the way of the first sale. */
async function argon2idOf(pin: string, salt: Uint8Array): Promise<string> {
  const { argon2idAsync } = await import("@noble/hashes/argon2.js")
  return toHex(await argon2idAsync(utf8Encode(pin), salt, ARGON2ID))
}

/** As an earlier version of this program kept it, until the owner types it again. */
async function pbkdf2Of(pin: string, salt: Uint8Array): Promise<string> {
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"])
  const how = { name: "PBKDF2", hash: "SHA-256", salt: new Uint8Array(salt), iterations: 200_000 }
  return toHex(new Uint8Array(await crypto.subtle.deriveBits(how, key, 256)))
}
