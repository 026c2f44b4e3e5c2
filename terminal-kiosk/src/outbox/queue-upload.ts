import { toHex } from "@suyuan/protocol/codec/bytes"
import { signUpload, type UploadKind } from "@suyuan/protocol/terminal/upload"
import { encodeUploadBody, type UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import type { Change } from "../store/local-store"
import type { Terminal } from "../terminal"

/**
 * The outbox row of one upload, signed: part of the caller's own commit, so that what happened at the stall and the
 * news of it are on the disk together or not at all.
 */
export async function draftUpload<Kind extends UploadKind>(
  terminal: Terminal,
  kind: Kind,
  body: UploadBody<Kind>,
  uploadId = terminal.newId(),
): Promise<{ readonly uploadId: string; readonly change: Change }> {
  const { identity, signingKey, clock } = terminal
  const envelope = await signUpload(
    { kind, uploadId, body: encodeUploadBody(kind, body) },
    {
      networkId: identity.networkId,
      terminal: identity.terminal,
      algorithm: signingKey.algorithm,
      sign: signingKey.sign,
    },
  )
  const ofSale = "counter" in body && { counter: body.counter }
  const row = { kind, envelope: toHex(envelope), queuedAtMs: clock.nowMs(), ...ofSale }
  return { uploadId, change: { table: "outbox", change: "insert", key: uploadId, row } }
}

/**
 * For news that changes nothing else here. Returns the upload id: it names the record that it becomes.
 * @param uploadId of a form that made it when it was opened: told twice, it is told once.
 */
export async function queueUpload<Kind extends UploadKind>(
  terminal: Terminal,
  kind: Kind,
  body: UploadBody<Kind>,
  uploadId = terminal.newId(),
): Promise<string> {
  if ((await terminal.store.get("outbox", uploadId)) !== undefined) return uploadId
  const { change } = await draftUpload(terminal, kind, body, uploadId)
  await terminal.store.commit([change])
  return uploadId
}
