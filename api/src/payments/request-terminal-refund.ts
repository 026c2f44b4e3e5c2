import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { refundRequestMessage, type TerminalRefund } from "@suyuan/protocol/terminal/refund-request"
import type { Actor } from "../actor"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { requireTerminal, terminalKey } from "../terminals/authenticate"
import type { RefundRow } from "./attempts"
import { findSaleKey } from "./find-sale"
import type { PaymentDeps } from "./payment-deps"
import { requestRefund } from "./request-refund"

/**
 * A stall gives back what was paid for one of its terminal's own sales. No actor: the signature is who asks, and the
 * tablet asked its owner's PIN before. The same request again is the same refund, as it stands by then: so the terminal
 * asks after it.
 * @throws ServiceError terminal/unknown, /bad-signature, /not-confirmed, /suspended, /revoked; refund/… as requestRefund.
 */
export async function requestTerminalRefund(
  ctx: Context,
  deps: PaymentDeps,
  request: TerminalRefund & { readonly signature: Uint8Array },
): Promise<RefundRow> {
  const terminal = await requireTerminal(ctx.db, request.terminal)
  const key = terminalKey(terminal)
  const message = refundRequestMessage(ctx.config.NETWORK_ID, request)
  if (!ctx.verifySignature(key.algorithm, key.publicKey, message, request.signature)) {
    throw new ServiceError("terminal/bad-signature", { field: "signature" })
  }
  // Only who holds the key learns the terminal's state.
  await requireTerminal(ctx.db, request.terminal, "sell")
  const sale = await findSaleKey(ctx.db, request.terminal, request.counter)
  if (sale === undefined) throw new ServiceError("refund/sale-unknown")
  const stall: Actor = {
    ...{ kind: "machine", id: `terminal:${terminalToHex(request.terminal)}` },
    ...{ siteIds: [terminal.siteId], scopes: ["payments:refund"] },
  }
  const { id, amountFen, goods, lines } = request
  return requestRefund(ctx, deps, stall, { sale, id, amountFen, goods, lines })
}
