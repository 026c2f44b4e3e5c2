import type { Transport } from "@suyuan/client/transport"
import { incomingGoodsMessage } from "@suyuan/protocol/terminal/enrolment"
import { z } from "zod"
import { askSigned } from "../link/ask-signed"
import type { Change } from "../store/local-store"
import type { Terminal } from "../terminal"
import { purchaseKey } from "./accept-purchase"

const text = z.string().max(200)

const incomingAnswer = z.object({
  purchases: z
    .array(
      z.object({
        saleRecordId: z.string().regex(/^[0-9a-f]{32}$/),
        line: z.number().int().min(0).max(254),
        seller: z.object({ name: text, stallNumber: text, site: text, siteEn: text }),
        origin: z.object({
          kind: z.enum(["all-from", "partly-from", "one-or-several", "unknown"]),
          places: z.array(text).max(100),
          unknownHighPercent: z.number().int().min(0).max(100),
        }),
        certificates: z
          .array(z.object({ origin: text, issuedAt: z.iso.datetime(), mayGrams: z.number().int().min(0) }))
          .max(200),
      }),
    )
    .max(100),
})

/**
 * Asks what is known of incoming goods that nothing was said of yet (UP-23), and keeps it, so that it is read without a
 * line when they stand at the stall. What cannot be asked now is asked later. Whether anything was learned.
 */
export async function askIncoming(terminal: Terminal, transport: Transport): Promise<boolean> {
  const { store } = terminal
  const open = await store.list("openPurchases")
  if (open.every(([, { came }]) => came !== undefined)) return false
  const answer = await askSigned(terminal, transport, {
    ...{ what: "incoming", message: incomingGoodsMessage, answer: incomingAnswer },
  })
  if (!answer.ok) return false
  return terminal.inTurn(async () => {
    const changes: Change[] = []
    for (const { saleRecordId, line, ...came } of answer.value.purchases) {
      const key = purchaseKey({ saleRecordId, lineIndex: line })
      const known = await store.get("openPurchases", key)
      // Answered meanwhile, or not offered here yet.
      if (known === undefined) continue
      const row = { ...known, came }
      changes.push({ table: "purchases", change: "put", key, row }, { table: "openPurchases", change: "put", key, row })
    }
    if (changes.length > 0) await store.commit(changes)
    return changes.length > 0
  })
}
