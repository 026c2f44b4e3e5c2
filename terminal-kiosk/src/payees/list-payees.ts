/**
 * Where the stall's money is to go, by the gateway's newest word (PY-20). Whoever redirects it needs two persons at the
 * office; the stall itself is the pair of eyes that knows the account.
 */
import type { z } from "zod"
import type { Notice, payeeWord } from "../link/down-messages"
import type { Change } from "../store/local-store"
import type { Terminal } from "../terminal"

export type PayeeNotice = Extract<Notice, { readonly platform: string }>
export type PayeeWord = z.infer<typeof payeeWord>

const KEYS = "payee/"
/** One by platform. */
const PLATFORMS_MAX = 8

export function payeeKey(platform: string): string {
  return `${KEYS}${platform}`
}

export async function listPayees({ store }: Pick<Terminal, "store">): Promise<readonly PayeeNotice[]> {
  const rows = await store.list("notices", { after: KEYS, limit: PLATFORMS_MAX })
  // Parsed when they came.
  return rows.filter(([key]) => key.startsWith(KEYS)).map(([, { text }]) => JSON.parse(text) as PayeeNotice)
}

/**
 * Keeps what the gateway says with a token: of an account that was there before this terminal no notice ever told. A
 * withdrawn change stays to be read as long as the account that it was to replace still holds. Whether anything is new.
 */
export function keepPayees(terminal: Terminal, words: readonly PayeeWord[]): Promise<boolean> {
  return terminal.inTurn(async () => {
    const { store, clock } = terminal
    const known = new Map((await listPayees(terminal)).map((notice) => [notice.platform, notice]))
    const changes = words.flatMap((word): Change[] => {
      const before = known.get(word.platform)
      const notice: PayeeNotice = { v: 1, ...word }
      if (before !== undefined && (isSame(before, notice) || isWithdrawnBeside(before, notice))) return []
      const row = { text: JSON.stringify(notice), atMs: clock.nowMs() }
      return [{ table: "notices", change: "put", key: payeeKey(word.platform), row }]
    })
    if (changes.length > 0) await store.commit(changes)
    return changes.length > 0
  })
}

function isSame(one: PayeeNotice, other: PayeeNotice): boolean {
  return one.kind === other.kind && JSON.stringify(payeesOf(one)) === JSON.stringify(payeesOf(other))
}

function isWithdrawnBeside(before: PayeeNotice, { kind, payee }: PayeeNotice): boolean {
  const isNothingOpen = before.kind === "payee-withdrawn" && kind === "payee-applied"
  return isNothingOpen && before.inForce?.account === payee?.account && before.inForce?.mode === payee?.mode
}

export type PayeeAccount = NonNullable<PayeeNotice["payee"]>

/** Where the money goes by now, and what it is to become; `undefined` is what nobody said. */
export function payeesOf(notice: PayeeNotice): {
  readonly now: PayeeAccount | undefined
  readonly proposed: PayeeAccount | undefined
} {
  if (notice.kind === "payee-applied") return { now: notice.payee, proposed: undefined }
  return { now: notice.inForce, proposed: notice.payee }
}

/** The seller can still object. */
export function isPayeeChanging({ kind }: PayeeNotice): boolean {
  return kind === "payee-proposed" || kind === "payee-approved"
}
