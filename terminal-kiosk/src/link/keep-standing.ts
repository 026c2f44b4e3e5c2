import type { Terminal } from "../terminal"
import type { BrokerAccess } from "./refresh-token"

const KEY = "state"

/**
 * How the gateway judges this terminal, as it said with a token or by refusing one, for the next time that it is opened
 * without a line; notices are kept under the same key.
 */
export function keepStanding({ store, clock, inTurn }: Terminal, state: BrokerAccess["state"]): Promise<void> {
  return inTurn(async () => {
    const known = await store.get("notices", KEY)
    if (known !== undefined && (JSON.parse(known.text) as { readonly state?: unknown }).state === state) return
    const row = { text: JSON.stringify({ v: 1, kind: "state", state }), atMs: clock.nowMs() }
    await store.commit([{ table: "notices", change: "put", key: KEY, row }])
  })
}
