import type { Transport } from "@suyuan/client/transport"
import { z } from "zod"
import { type CatalogueRow, THE_ONE } from "../store/rows"
import type { Terminal } from "../terminal"

const catalogueAnswer = z.object({
  version: z.number().int().min(0),
  entries: z
    .array(
      z.object({
        code: z.number().int(),
        nameZh: z.string().max(64),
        nameEn: z.string().max(64),
        synonyms: z.array(z.string().max(64)).max(20),
        initials: z.string().max(32),
      }),
    )
    .max(2000),
})

/** Reads the gateway's names of goods and keeps them for when it cannot be asked. `undefined` without an answer. */
export async function readCatalogue(terminal: Terminal, transport: Transport): Promise<CatalogueRow | undefined> {
  const headers = { accept: "application/json" }
  const answer = await transport({ method: "GET", path: "/catalogue", headers }).catch(() => undefined)
  if (answer?.status !== 200) return undefined
  const parsed = catalogueAnswer.safeParse(parseJson(answer.body))
  if (!parsed.success) return undefined
  const { version, entries } = parsed.data
  const row: CatalogueRow = {
    version,
    readAtMs: terminal.clock.nowMs(),
    entries: entries.map((entry) => [entry.code, entry.nameZh, entry.nameEn, entry.synonyms, entry.initials] as const),
  }
  await terminal.inTurn(() => terminal.store.commit([{ table: "catalogue", change: "put", key: THE_ONE, row }]))
  return row
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
