import { fromHex } from "@suyuan/protocol/codec/bytes"
import { parseUpload, type UploadKind } from "@suyuan/protocol/terminal/upload"
import { parseUploadBody, type UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import type { OutboxRow } from "../store/rows"
import type { Terminal } from "../terminal"

/** A sale stands among the sales, and a stock list says nothing that happened. */
export type RecordKind = Exclude<UploadKind, "hello" | "sale" | "snapshot">

export type UnsentRecord = {
  readonly [Kind in RecordKind]: {
    readonly kind: Kind
    readonly body: UploadBody<Kind>
    readonly queuedAtMs: number
  }
}[RecordKind]

/** In the order in which they were written down. */
export async function listUnsent({ store }: Pick<Terminal, "store">): Promise<UnsentRecord[]> {
  const rows = await store.list("outbox")
  return rows.flatMap(([, row]) => recordOf(row) ?? [])
}

function recordOf({ kind, envelope, queuedAtMs }: OutboxRow): UnsentRecord | undefined {
  if (kind === "hello" || kind === "sale" || kind === "snapshot") return undefined
  const upload = parseUpload(fromHex(envelope) ?? new Uint8Array())
  const body = upload.ok ? parseUploadBody(kind, upload.value.body) : upload
  if (!body.ok) throw new Error(`a kept upload is malformed: ${body.error}`)
  return { kind, body: body.value, queuedAtMs } as UnsentRecord
}
