import { payeeKey } from "../payees/list-payees"
import { purchaseKey } from "../stock/accept-purchase"
import { bookKey } from "../stock/book"
import { hearAnswer } from "../stock/hear-answer"
import { stockTakeKey } from "../stock/take-stock"
import type { Change } from "../store/local-store"
import type { BindingRow } from "../store/rows"
import type { Terminal } from "../terminal"
import type { Notice } from "./down-messages"

/** Keeps what the stall is told apart from its payments. Repeated notices change nothing. */
export function takeNotice(terminal: Terminal, notice: Notice): Promise<void> {
  return terminal.inTurn(async () => {
    const changes = await changesOf(terminal, notice)
    if (changes.length > 0) await terminal.store.commit(changes)
  })
}

async function changesOf(terminal: Terminal, notice: Notice): Promise<readonly Change[]> {
  if (notice.kind === "purchase-offered") {
    const { saleRecordId, lineIndex, commodity, grams } = notice
    const row = { saleRecordId, lineIndex, commodity, grams }
    const key = purchaseKey(row)
    if ((await terminal.store.get("purchases", key)) !== undefined) return []
    return [
      { table: "purchases", change: "put", key, row },
      { table: "openPurchases", change: "put", key, row },
    ]
  }
  if (notice.kind === "purchase-answered") return hearAnswer(terminal, notice)
  const change = await changeOf(terminal, notice)
  return change === undefined ? [] : [change]
}

type OtherNotice = Exclude<Notice, { readonly kind: "purchase-offered" | "purchase-answered" }>

async function changeOf({ store, clock }: Terminal, notice: OtherNotice): Promise<Change | undefined> {
  switch (notice.kind) {
    case "stock-counted": {
      const row = { text: JSON.stringify(notice), atMs: clock.nowMs() }
      return { table: "notices", change: "put", key: stockTakeKey(notice.uploadId), row }
    }
    case "stock-now": {
      const row = { text: JSON.stringify(notice), atMs: clock.nowMs() }
      return { table: "notices", change: "put", key: bookKey(notice.commodity), row }
    }
    case "binding-claimed": {
      const { bindingId, nonce, digits } = notice
      const row: BindingRow = { nonce, digits, state: "claimed" }
      const known = await store.get("bindings", bindingId)
      return known === undefined ? { table: "bindings", change: "put", key: bindingId, row } : undefined
    }
    case "certificate-drafted": {
      const { id: key, ...draft } = notice.draft
      const isKnown = (await store.get("drafts", key)) !== undefined
      return isKnown ? undefined : { table: "drafts", change: "put", key, row: { ...draft, state: "draft" } }
    }
    case "display-paired": {
      const key = notice.displayId
      // Ended meanwhile: it stays so.
      if ((await store.get("displays", key))?.state !== "invited") return undefined
      return { table: "displays", change: "put", key, row: { state: "paired", sinceMs: clock.nowMs() } }
    }
    case "binding-ended": {
      const known = await store.get("bindings", notice.bindingId)
      if (known === undefined) return undefined
      return { table: "bindings", change: "put", key: notice.bindingId, row: { ...known, state: "ended" } }
    }
    default: {
      const key = notice.kind === "state" ? "state" : payeeKey(notice.platform)
      return { table: "notices", change: "put", key, row: { text: JSON.stringify(notice), atMs: clock.nowMs() } }
    }
  }
}
