import type { Context } from "../context"
import { reasonOf } from "../errors"
import { shardOf, type TerminalChannel, type UpMessage } from "../terminals/terminal-channel"
import { AnswerHellos } from "./answer-hellos"
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
  const hellos = new AnswerHellos(ctx, channel)
  const waiting = () => uploads.reduce((sum, lane) => sum + lane.depth, 0)
  return {
    handle(message: UpMessage): void {
      if (message.topic === "record") {
        if (waiting() < waitingMax) uploads[shardOf(message.terminalId) % lanes]?.push(message)
      } else if (message.topic === "hello") {
        hellos.push(message)
      }
    },
    async drain() {
      await Promise.all([...uploads.map((lane) => lane.drain()), hellos.drain()])
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
