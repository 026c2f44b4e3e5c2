import type { Terminal } from "../terminal"
import type { BrokerAccess } from "./refresh-token"

const KEY = "state"

/**
 * How the gateway judges this terminal, as it said with a token or by refusing one, for the next time that it is opened
 * without a line; notices are kept under the same key.
 */
export function keepStanding({ store, clock, inTurn }: Terminal, state: BrokerAccess["state"]): Promise<void> {
  return inTurn(async () => {
    if ((await readStanding(store)) === state) return
    const row = { text: JSON.stringify({ v: 1, kind: "state", state }), atMs: clock.nowMs() }
    await store.commit([{ table: "notices", change: "put", key: KEY, row }])
  })
}

/** As it was said last, by a token, a refusal or a notice; undefined where nobody ever said it. */
export async function readStanding(store: Pick<Terminal["store"], "get">): Promise<string | undefined> {
  const known = await store.get("notices", KEY)
  return known && (JSON.parse(known.text) as { readonly state?: string }).state
}
