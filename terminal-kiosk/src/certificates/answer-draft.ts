import type { Transport } from "@suyuan/client/transport"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { err, ok, type Result } from "@suyuan/protocol/result"
import {
  type CertificateAnswer,
  certificateAnswerMessage,
  certificateDraftDigest,
} from "@suyuan/protocol/terminal/certificate-answer"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { toLowS } from "@suyuan/protocol/terminal/signature"
import { z } from "zod"
import { callGateway, type GatewayRefusal } from "../link/call-gateway"
import type { DraftRow } from "../store/heard-rows"
import type { Terminal } from "../terminal"

export type AnswerDraftError = { readonly kind: "draft-unknown" } | GatewayRefusal

const draftAnswer = z.object({ state: z.enum(["draft", "issued", "discarded"]) })

/**
 * The owner issues the certificate, or discards its draft: over the words that stood on this screen (CT-4). The digest is
 * made here, of what was shown, so a gateway cannot have another promise signed. The same answer again is success.
 */
export async function answerDraft(
  terminal: Terminal,
  transport: Transport,
  draftId: string,
  answer: CertificateAnswer,
): Promise<Result<DraftRow, AnswerDraftError>> {
  const { identity, signingKey, store } = terminal
  const row = await store.get("drafts", draftId)
  if (row === undefined) return err({ kind: "draft-unknown" })
  const message = certificateAnswerMessage(identity.networkId, {
    ...{ terminal: identity.terminal, draftId, answer },
    digest: digestOf(draftId, row),
  })
  const signed = await signingKey.sign(message)
  const signature = toHex(signingKey.algorithm === "p256" ? toLowS(signed) : signed)
  const body = { terminalId: terminalToHex(identity.terminal), answer, signature }
  const answered = await callGateway(transport, `/certificate-drafts/${draftId}/answers`, body, draftAnswer)
  if (!answered.ok) return answered
  const changed: DraftRow = { ...row, state: answered.value.state }
  await terminal.inTurn(() => store.commit([{ table: "drafts", change: "put", key: draftId, row: changed }]))
  return ok(changed)
}

function digestOf(draft: string, { commodity, grams, origin, promiseBasis, reason, parents }: DraftRow): Uint8Array {
  return certificateDraftDigest({
    ...{ draft, commodity, grams, origin, promiseBasis, reason },
    parents: parents.map(({ recordId, mustGrams, mayGrams }) => ({
      ...{ certificate: fromHex(recordId) ?? new Uint8Array(), mustGrams, mayGrams },
    })),
  })
}
