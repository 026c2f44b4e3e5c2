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
): Promise<{ readonly uploadId: string; readonly change: Change }> {
  const { identity, signingKey, clock, newId } = terminal
  const uploadId = newId()
  const envelope = await signUpload(
    { kind, uploadId, body: encodeUploadBody(kind, body) },
    {
      networkId: identity.networkId,
      terminal: identity.terminal,
      algorithm: signingKey.algorithm,
      sign: signingKey.sign,
    },
  )
  const row = { kind, envelope: toHex(envelope), queuedAtMs: clock.nowMs() }
  return { uploadId, change: { table: "outbox", change: "insert", key: uploadId, row } }
}

/** For news that changes nothing else here. Returns the upload id: it names the record that it becomes. */
export async function queueUpload<Kind extends UploadKind>(
  terminal: Terminal,
  kind: Kind,
  body: UploadBody<Kind>,
): Promise<string> {
  const { uploadId, change } = await draftUpload(terminal, kind, body)
  await terminal.store.commit([change])
  return uploadId
}
