/** From a bare page to an opened terminal: one tab at a time, a memory that the browser keeps, keys, identity. */
import { fetchTransport } from "@suyuan/client/fetch-transport"
import type { Transport } from "@suyuan/client/transport"
import type { NetworkId } from "@suyuan/protocol/network"
import type { Result } from "@suyuan/protocol/result"
import { z } from "zod"
import { type EnrolError, type Enrolled, type EnrolRequest, enrolTerminal } from "../../src/enrol/enrol-terminal"
import type { KeyStore } from "../../src/keys/key-store"
import { openWebKeys } from "../../src/keys/web-keys"
import { openIndexedDbStore, openTabletDatabase } from "../../src/store/indexed-db-store"
import type { LocalStore } from "../../src/store/local-store"
import { openTerminal, type Terminal } from "../../src/terminal"

const LOCK_NAME = "suyuan-terminal"

export interface Tablet {
  readonly store: LocalStore
  readonly keys: KeyStore
  readonly transport: Transport
}

/** Resolves when this tab is the one that works; `onOccupied` when another one is, and this one waits. */
export async function takeTheTablet(onOccupied: () => void): Promise<void> {
  const held = await new Promise<boolean>((resolve) => {
    void navigator.locks.request(LOCK_NAME, { ifAvailable: true }, (lock) => {
      resolve(lock !== null)
      return lock === null ? undefined : forEver()
    })
  })
  if (held) return
  onOccupied()
  await new Promise<void>((resolve) => {
    void navigator.locks.request(LOCK_NAME, () => {
      resolve()
      return forEver()
    })
  })
}

/** A lock is held as long as its promise: until the tab is gone. */
function forEver(): Promise<never> {
  return new Promise(() => {})
}

/** @param onLost the memory went away under us: only opening anew helps. */
export async function openTablet(onLost: () => void): Promise<Tablet> {
  const database = await openTabletDatabase(onLost)
  return {
    store: openIndexedDbStore(database),
    keys: openWebKeys(database),
    transport: fetchTransport(location.origin),
  }
}

/** Asked once it is a terminal; a browser may refuse, and the state bar says so. */
export async function askForPersistence(): Promise<boolean> {
  if (navigator.storage?.persist === undefined) return false
  return (await navigator.storage.persisted()) || (await navigator.storage.persist())
}

export function openEnrolled({ store, keys }: Tablet): Promise<Terminal | undefined> {
  return openTerminal({ store, keys })
}

const gatewayAnswer = z.object({ networkId: z.number().int().min(1).max(0xffff_ffff) })

export async function enrolTablet(
  tablet: Tablet,
  claimCode: string,
  owner: NonNullable<EnrolRequest["owner"]>,
): Promise<Result<Enrolled, EnrolError>> {
  const answer = await tablet
    .transport({ method: "GET", path: "/kiosk/gateway.json", headers: { accept: "application/json" } })
    .catch(() => undefined)
  if (answer === undefined || answer.status !== 200) return { ok: false, error: { kind: "no-answer" } }
  const networkId = gatewayAnswer.parse(JSON.parse(answer.body)).networkId as NetworkId
  return enrolTerminal({ ...tablet, claimCode, networkId, owner })
}
