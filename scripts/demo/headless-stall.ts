// A stall without a screen: the terminal's core on files of its own, with a line that can be cut.
import { join } from "node:path"
import { DEVELOPMENT_NETWORK_ID } from "@suyuan/protocol/network"
import type { Clock } from "@suyuan/terminal-kiosk/clock"
import { enrolTerminal } from "@suyuan/terminal-kiosk/enrol/enrol-terminal"
import { openFileKeys } from "@suyuan/terminal-kiosk/keys/file-keys"
import type { ConnectBroker } from "@suyuan/terminal-kiosk/link/broker-link"
import { type KeptLink, keepLinked } from "@suyuan/terminal-kiosk/link/keep-linked"
import { openJournalStore } from "@suyuan/terminal-kiosk/store/journal-store"
import { closeTerminal, openTerminal, type Terminal } from "@suyuan/terminal-kiosk/terminal"
import { type Gateway, granted } from "./gateway"

export type HeadlessStall = {
  readonly terminal: Terminal
  readonly isOnline: () => boolean
  goOnline(): void
  goOffline(): Promise<void>
  /** There is something new to send. */
  wake(): void
  /** Resolves when the condition holds; looked at whenever this stall hears something. Throws after a minute. */
  until(what: string, condition: () => boolean | Promise<boolean>): Promise<void>
  close(): Promise<void>
}

const PATIENCE_MS = 90_000
/** A demonstration cannot wait as long as a market can. */
const PACE = { retryMsFirst: 1_500, retryMsMax: 5_000, inFlightMax: 50 }

export type StallOptions = {
  readonly gateway: Gateway
  readonly merchantId: string
  /** Keys and journal. */
  readonly directory: string
  readonly connect: ConnectBroker
  /** The tablet's own; right when left out. */
  readonly clock?: Clock
}

/** Opens the stall's terminal; enrols it first when its directory is new. */
export async function openStall({
  gateway,
  merchantId,
  directory,
  connect,
  ...own
}: StallOptions): Promise<HeadlessStall> {
  const keys = openFileKeys(join(directory, "keys"))
  const store = await openJournalStore(join(directory, "journal"))
  let terminal = await openTerminal({ keys, store, ...own })
  if (terminal === undefined) {
    const made = await gateway.operator.post("/merchants/{id}/claim-codes", {
      path: { id: merchantId },
      body: { confirmed: true },
    })
    const { claimCode } = granted("a claim code", made)
    const networkId = DEVELOPMENT_NETWORK_ID
    const enrolled = await enrolTerminal({ keys, store, transport: gateway.transport, claimCode, networkId })
    if (!enrolled.ok) throw new Error(`a terminal did not enrol: ${JSON.stringify(enrolled.error)}`)
    terminal = await openTerminal({ keys, store, ...own })
  }
  if (terminal === undefined) throw new Error("an enrolled terminal did not open")
  return keepStall(terminal, gateway, connect)
}

function keepStall(terminal: Terminal, gateway: Gateway, connect: ConnectBroker): HeadlessStall {
  const waiting: (() => void)[] = []
  let link: KeptLink | undefined
  const heard = () => {
    for (const look of waiting.splice(0)) look()
  }
  const goOnline = () => {
    link ??= keepLinked(terminal, {
      transport: gateway.transport,
      connect,
      pace: PACE,
      reconnectMsFirst: 300,
      reconnectMsMax: 2_000,
      listeners: {
        onSale: heard,
        onNotice: heard,
        onAcks: heard,
        onOnline: heard,
      },
    })
  }
  const goOffline = async () => {
    const cut = link
    link = undefined
    await cut?.close()
  }
  return {
    terminal,
    isOnline: () => link?.isOnline() ?? false,
    goOnline,
    goOffline,
    wake: () => link?.wake(),
    async until(what, condition) {
      const deadline = performance.now() + PATIENCE_MS
      while (!(await condition())) {
        if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, 1_000)
          waiting.push(() => {
            clearTimeout(timer)
            resolve()
          })
        })
      }
    },
    async close() {
      await goOffline()
      await closeTerminal(terminal)
    },
  }
}
