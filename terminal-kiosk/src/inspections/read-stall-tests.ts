import type { Transport } from "@suyuan/client/transport"
import { z } from "zod"
import { dayStartMs } from "../day/day-sales"
import type { StallTestsRow } from "../store/heard-rows"
import { THE_ONE, type TileRow } from "../store/rows"
import type { Terminal } from "../terminal"

const testsAnswer = z.object({
  tests: z
    .array(
      z.object({
        id: z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
        commodity: z.number().int(),
        lotId: z.string().max(36).optional(),
        testedAt: z.iso.datetime(),
        conclusion: z.enum(["passed", "failed"]),
      }),
    )
    .max(1000),
  photo: z
    .string()
    .regex(/^\/stall-photos\/[0-9a-f]{64}$/)
    .nullish(),
})

/** What the market found in this stall's goods within a day; kept for when the gateway cannot be asked. */
export async function readStallTests(terminal: Terminal, transport: Transport): Promise<StallTestsRow | undefined> {
  const path = `/stalls/${terminal.identity.stall.merchantId}/tests`
  const headers = { accept: "application/json" }
  const answer = await transport({ method: "GET", path, headers }).catch(() => undefined)
  if (answer?.status !== 200) return undefined
  const parsed = testsAnswer.safeParse(parseJson(answer.body))
  if (!parsed.success) return undefined
  const tests = parsed.data.tests.map(({ testedAt, ...test }) => ({ ...test, testedAtMs: Date.parse(testedAt) }))
  const row: StallTestsRow = { readAtMs: terminal.clock.nowMs(), photo: parsed.data.photo ?? undefined, tests }
  await terminal.inTurn(() => terminal.store.commit([{ table: "stallTests", change: "put", key: THE_ONE, row }]))
  return row
}

/** The one of today's tests that speaks of a tile's goods: a failure before a pass, the newest of them. */
export function testOfToday(
  row: StallTestsRow | undefined,
  tile: Pick<TileRow, "commodity" | "lot"> | undefined,
  { clock, identity }: Pick<Terminal, "clock" | "identity">,
): StallTestsRow["tests"][number] | undefined {
  if (row === undefined || tile === undefined) return undefined
  const fromMs = dayStartMs(clock.nowMs(), identity.site.zone, identity.site.dayStartsAtMinutes)
  return row.tests.find(
    ({ commodity, lotId, testedAtMs }) => commodity === tile.commodity && lotId === tile.lot && testedAtMs >= fromMs,
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
