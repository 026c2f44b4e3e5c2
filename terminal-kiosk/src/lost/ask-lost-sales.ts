import type { Transport } from "@suyuan/client/transport"
import { ok, type Result } from "@suyuan/protocol/result"
import { lostSalesMessage } from "@suyuan/protocol/terminal/enrolment"
import { z } from "zod"
import { askSigned } from "../link/ask-signed"
import type { GatewayRefusal } from "../link/call-gateway"
import type { LostRow } from "../store/heard-rows"
import type { Change } from "../store/local-store"
import { THE_ONE } from "../store/rows"
import type { Terminal } from "../terminal"

const counter = z.number().int().min(0).max(0xffff_ffff)

const lostAnswer = z.object({
  terminals: z
    .array(
      z.object({
        terminalId: z.string().regex(/^[0-9a-f]{10}$/),
        sales: z
          .array(
            z.object({
              counter,
              issuedAt: z.string().max(40),
              amountFen: z.number().int().min(0),
              outcome: z.enum(["rebuilt", "lines-unknown", "not-paid"]),
              lines: z
                .array(
                  z.object({
                    commodity: z.number().int().optional(),
                    quantityPacked: z.number().int(),
                    unitPriceFen: z.number().int(),
                  }),
                )
                .max(255),
            }),
          )
          .max(1000),
        gaps: z.array(z.object({ from: counter, to: counter })).max(1000),
      }),
    )
    .max(20),
})

/**
 * What the stall's earlier terminals lost (EN-14): kept, so that a person may work through it offline. What was entered
 * already stays so.
 */
export async function askLostSales(terminal: Terminal, transport: Transport): Promise<Result<LostRow, GatewayRefusal>> {
  const answer = await askSigned(terminal, transport, {
    ...{ what: "lost-sales", message: lostSalesMessage, answer: lostAnswer },
  })
  if (!answer.ok) return answer
  return terminal.inTurn(async () => {
    const known = await terminal.store.get("lost", THE_ONE)
    const nowMs = terminal.clock.nowMs()
    const row: LostRow = {
      ...{ firstAskedAtMs: known?.firstAskedAtMs ?? nowMs, askedAtMs: nowMs },
      ...{ terminals: answer.value.terminals, entered: known?.entered ?? [] },
    }
    await terminal.store.commit([{ table: "lost", change: "put", key: THE_ONE, row }])
    return ok(row)
  })
}

/** One of the list is done: there was nothing to enter. */
export function markEntered(terminal: Terminal, name: string): Promise<LostRow | undefined> {
  return terminal.inTurn(async () => {
    await terminal.store.commit(await enteredChanges(terminal, name))
    return terminal.store.get("lost", THE_ONE)
  })
}

/** For the commit of the sale that enters one of the list: it is done with that sale or not at all. */
export async function enteredChanges({ store }: Pick<Terminal, "store">, name: string): Promise<readonly Change[]> {
  const known = await store.get("lost", THE_ONE)
  if (known === undefined || known.entered.includes(name)) return []
  return [{ table: "lost", change: "put", key: THE_ONE, row: { ...known, entered: [...known.entered, name] } }]
}
