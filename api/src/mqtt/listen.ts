import { terminals } from "@suyuan/drizzle/schema/terminals"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { parseUpload, verifyUpload } from "@suyuan/protocol/terminal/upload"
import { parseUploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { eq } from "drizzle-orm"
import type { Context } from "../context"
import { reasonOf } from "../errors"
import { readHolds } from "../recalls/holds"
import { learnClock } from "../terminals/learn-clock"
import { shardOf, type TerminalChannel, type UpMessage } from "../terminals/terminal-channel"
import { GroupCommit } from "./group-commit"
import { recordUploads, type UploadAck } from "./record-uploads"

/** Uploads in one transaction, when so many wait. */
const groupMax = 300

/** What one terminal may have acknowledged in one message. */
const acksPerMessage = 100

/** Groups that are worked on at once: while one waits for the database, another is checked. */
const lanes = 2

/** Uploads that wait here at most; beyond it they are let go, because terminals keep them and send them again. */
const waitingMax = 20_000

/**
 * The gateway's ear: what arrives from terminals goes to group commits, and what became of it goes back after commit.
 * A terminal's uploads are all of one lane, one group after another: a sale finds the snapshot that came before it.
 */
export function listenToTerminals(ctx: Context, channel: TerminalChannel) {
  const uploads = Array.from({ length: lanes }, () => {
    return new GroupCommit<UpMessage>((group) => recordAndAnswer(ctx, channel, group), groupMax)
  })
  const waiting = () => uploads.reduce((sum, lane) => sum + lane.depth, 0)
  return {
    handle(message: UpMessage): void {
      if (message.topic === "record") {
        if (waiting() < waitingMax) uploads[shardOf(message.terminalId) % lanes]?.push(message)
      } else if (message.topic === "hello") {
        answerHello(ctx, channel, message).catch((error) =>
          ctx.log.warn({ error: reasonOf(error) }, "hello not answered"),
        )
      }
    },
    async drain() {
      await Promise.all(uploads.map((lane) => lane.drain()))
    },
    waiting,
  }
}

async function recordAndAnswer(ctx: Context, channel: TerminalChannel, group: readonly UpMessage[]): Promise<void> {
  try {
    await acknowledge(ctx, channel, await recordUploads(ctx, group))
  } catch (error) {
    // Nothing was acknowledged: the terminals send it again.
    ctx.log.error({ error: reasonOf(error), uploads: group.length }, "uploads not committed")
  }
}

async function acknowledge(ctx: Context, channel: TerminalChannel, acks: readonly UploadAck[]): Promise<void> {
  const byTerminal = Map.groupBy(acks, (ack) => ack.terminalId)
  await Promise.all(
    [...byTerminal].flatMap(([terminalId, own]) => {
      const messages = []
      for (let from = 0; from < own.length; from += acksPerMessage) {
        const some = own.slice(from, from + acksPerMessage).map(({ uploadId, refusal }) => ({
          id: uploadId,
          result: refusal === undefined ? "stored" : "refused",
          ...(refusal !== undefined && { code: refusal }),
        }))
        messages.push(
          // A lost acknowledgement costs a repetition, which is harmless.
          channel
            .publish(terminalId, "ack", JSON.stringify({ v: 1, acks: some }))
            .catch((error) => ctx.log.debug({ error: reasonOf(error) }, "acknowledgement not sent")),
        )
      }
      return messages
    }),
  )
}

/** A terminal says what time it has; it learns ours, and we learn how far its clock is off. */
async function answerHello(ctx: Context, channel: TerminalChannel, message: UpMessage): Promise<void> {
  const upload = parseUpload(message.payload)
  if (!upload.ok || upload.value.kind !== "hello") return
  const [terminal] = await ctx.db.select().from(terminals).where(eq(terminals.id, message.terminalId))
  const publicKey = terminal && fromHex(terminal.publicKey)
  if (!terminal || !publicKey) return
  const verified = verifyUpload(upload.value, {
    networkId: ctx.config.NETWORK_ID,
    terminal: message.terminalId,
    terminalKey: { algorithm: terminal.algorithm, publicKey },
    verifySignature: ctx.verifySignature,
  })
  const body = parseUploadBody("hello", upload.value.body)
  if (!verified.ok || !body.ok) return
  await learnClock(ctx, {
    terminalId: message.terminalId,
    sentAtMs: body.value.sentAtMs,
    receivedAtMs: message.receivedAtMs,
  })
  // A terminal that was away learns what its stall must not sell.
  const holds = await readHolds(ctx.db, terminal.merchantId)
  await channel.publish(
    message.terminalId,
    "hello",
    JSON.stringify({
      ...{ v: 1, nonce: toHex(body.value.nonce), serverTimeMs: ctx.clock.nowMs() },
      ...(holds.version > 0 && { holds }),
    }),
  )
}
