/**
 * Where the stall's money is to go, by the gateway's newest word (PY-20). Whoever redirects it needs two persons at the
 * office; the stall itself is the pair of eyes that knows the account.
 */
import type { Notice } from "../link/down-messages"
import type { Terminal } from "../terminal"

export type PayeeNotice = Extract<Notice, { readonly platform: string }>

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
