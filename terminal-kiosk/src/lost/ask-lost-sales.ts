import type { Transport } from "@suyuan/client/transport"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { ok, type Result } from "@suyuan/protocol/result"
import { lostSalesMessage } from "@suyuan/protocol/terminal/enrolment"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { toLowS } from "@suyuan/protocol/terminal/signature"
import { z } from "zod"
import { callGateway, type GatewayRefusal } from "../link/call-gateway"
import { type LostRow, THE_ONE } from "../store/rows"
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

const clockRefusals = new Set(["terminal/clock-off", "terminal/request-repeated"])

/**
 * What the stall's earlier terminals lost (EN-14): kept, so that a person may work through it offline. What was entered
 * already stays so.
 */
export async function askLostSales(terminal: Terminal, transport: Transport): Promise<Result<LostRow, GatewayRefusal>> {
  const first = await request(terminal, transport, terminal.clock.nowMs())
  const answer = await (async () => {
    if (first.ok || first.error.kind !== "refused" || !clockRefusals.has(first.error.code)) return first
    const gatewayTimeMs = Number(first.error.expected)
    return Number.isSafeInteger(gatewayTimeMs) && gatewayTimeMs >= 0
      ? request(terminal, transport, gatewayTimeMs + 1)
      : first
  })()
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

/** One of the list is done: entered by hand, or there was nothing to enter. */
export function markEntered(terminal: Terminal, name: string): Promise<LostRow | undefined> {
  return terminal.inTurn(async () => {
    const known = await terminal.store.get("lost", THE_ONE)
    if (known === undefined || known.entered.includes(name)) return known
    const row = { ...known, entered: [...known.entered, name] }
    await terminal.store.commit([{ table: "lost", change: "put", key: THE_ONE, row }])
    return row
  })
}

async function request(
  { identity, signingKey }: Terminal,
  transport: Transport,
  issuedAtMs: number,
): Promise<Result<z.infer<typeof lostAnswer>, GatewayRefusal>> {
  const signed = await signingKey.sign(lostSalesMessage(identity.networkId, identity.terminal, issuedAtMs))
  const signature = toHex(signingKey.algorithm === "p256" ? toLowS(signed) : signed)
  const path = `/terminals/${terminalToHex(identity.terminal)}/lost-sales`
  return callGateway(transport, path, { issuedAtMs, signature }, lostAnswer)
}
