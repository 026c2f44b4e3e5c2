import { terminals } from "@suyuan/drizzle/schema/terminals"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { msToSeconds2024 } from "@suyuan/protocol/units/instant"
import { and, eq, ne } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import type { PayeeDescription } from "../merchants/describe-payee"
import { enqueue } from "../outbox"

type PayeeStep = {
  readonly platform: string
  readonly payee: PayeeDescription
  /** Where the money goes as long as the change does not apply; an applied one is itself what holds. */
  readonly inForce?: PayeeDescription | undefined
}

/** Where the stall's money goes and is to go: the seller compares the account with the own one, and objects in time. */
export type PayeeNotice =
  | (PayeeStep & { readonly kind: "payee-proposed" | "payee-withdrawn" | "payee-applied" })
  | (PayeeStep & { readonly kind: "payee-approved"; readonly appliesAtMs: number })

/** What a stall is told apart from its payments; the terminal shows it. `down/notice`. */
export type Notice =
  | { readonly kind: "state"; readonly state: string }
  | PayeeNotice
  | { readonly kind: "binding-claimed"; readonly bindingId: string; readonly nonce: string; readonly digits: string }
  | { readonly kind: "binding-ended"; readonly bindingId: string }
  | { readonly kind: "display-paired"; readonly displayId: string }
  | {
      readonly kind: "stock-counted"
      /** The stock-take's. */
      readonly uploadId: string
      readonly commodity: number
      readonly countedGrams: number
      /** Below 0 where more left than had come. */
      readonly bookGrams: number
    }
  | {
      /** What the stall has of a commodity, to the terminal whose upload changed it. */
      readonly kind: "stock-now"
      readonly uploadId: string
      readonly commodity: number
      /** Below 0 where more left than had come. */
      readonly bookGrams: number
    }
  | {
      /** For its owner to look at and sign: all that the digest covers. */
      readonly kind: "certificate-drafted"
      readonly draft: {
        readonly id: string
        readonly commodity: number
        readonly grams: number
        readonly origin: string
        readonly promiseBasis: string
        readonly reason: "mixed" | "repacked"
        /** By record id, 32 hex characters. */
        readonly parents: readonly {
          readonly recordId: string
          readonly mustGrams: number
          readonly mayGrams: number
        }[]
      }
    }
  | {
      readonly kind: "purchase-offered"
      /** 32 hex characters. */
      readonly saleRecordId: string
      readonly lineIndex: number
      readonly commodity: number
      /** The most that can be accepted. */
      readonly grams: number
    }
  | {
      /** Which answer holds now that one more was given: on the phone, or at a terminal of the stall. */
      readonly kind: "purchase-answered"
      readonly saleRecordId: string
      readonly lineIndex: number
      readonly commodity: number
      readonly grams: number
      readonly outcome: "accepted" | "private" | "refused"
      readonly acceptedGrams: number
      /** When it was given: a notice of an older one changes nothing. */
      readonly decidedAtMs: number
      /** The upload of the one that was just given, and whether that is what holds; a phone's is no terminal's. */
      readonly uploadId: string
      readonly isNewest: boolean
    }

/** Queues a notice for one terminal. Its version is the second of its making: a later notice is never older. */
export function notifyTerminal(
  ctx: Pick<Context, "clock" | "random">,
  tx: Transaction,
  terminalId: number,
  notice: Notice,
): Promise<void> {
  return enqueue(ctx, tx, [
    {
      channel: "terminal",
      recipient: terminalToHex(terminalId),
      topic: "notice",
      version: msToSeconds2024(ctx.clock.nowMs()),
      payload: { v: 1, ...notice },
    },
  ])
}

/** Queues a notice for all of a stall's terminals that are not revoked. */
export async function notifyTerminals(
  ctx: Pick<Context, "clock" | "random">,
  tx: Transaction,
  merchantId: string,
  notice: Notice,
): Promise<void> {
  const own = await tx
    .select({ id: terminals.id })
    .from(terminals)
    .where(and(eq(terminals.merchantId, merchantId), ne(terminals.state, "revoked")))
  for (const { id } of own) await notifyTerminal(ctx, tx, id, notice)
}
