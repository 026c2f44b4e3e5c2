import { terminals } from "@suyuan/drizzle/schema/terminals"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { parseUpload, verifyUpload } from "@suyuan/protocol/terminal/upload"
import { parseUploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { seconds2024ToMs } from "@suyuan/protocol/units/instant"
import { eq } from "drizzle-orm"
import type { Context } from "../context"
import { reasonOf } from "../errors"
import { readHolds } from "../recalls/holds"
import { type ClockSample, learnClock } from "../terminals/learn-clock"
import type { TerminalChannel, UpMessage } from "../terminals/terminal-channel"

/** Answered at once, of all terminals. */
const lanes = 4
const windowMs = 60_000
/** A terminal says hello every half minute, and again whenever its line comes back. */
const perWindow = 30

/**
 * Answers hellos. A terminal may send as many as its line carries, so of those that wait only its newest is kept, in the
 * place of the first, and in a minute so many are answered and no more: what is let go is said again half a minute later.
 */
export class AnswerHellos {
  readonly #ctx: Context
  readonly #channel: TerminalChannel
  readonly #waiting = new Map<number, UpMessage>()
  readonly #working = new Set<Promise<void>>()
  /** The newest of each terminal, by which the next is believed; one that is forgotten costs a hello. */
  readonly #learned = new Map<number, ClockSample>()
  #windowStartsAtMs = 0
  #answered = new Map<number, number>()

  constructor(ctx: Context, channel: TerminalChannel) {
    this.#ctx = ctx
    this.#channel = channel
  }

  push(message: UpMessage): void {
    const { terminalId } = message
    if (!this.#waiting.has(terminalId) && !this.#take(terminalId)) return
    this.#waiting.set(terminalId, message)
    if (this.#working.size >= lanes) return
    const work = this.#workOff().finally(() => this.#working.delete(work))
    this.#working.add(work)
  }

  /** Resolves when all that came so far is answered. */
  async drain(): Promise<void> {
    while (this.#working.size > 0) await Promise.all(this.#working)
  }

  async #workOff(): Promise<void> {
    for (;;) {
      const [next] = this.#waiting.values()
      if (next === undefined) return
      this.#waiting.delete(next.terminalId)
      await answerHello(this.#ctx, this.#channel, this.#learned, next).catch((error) =>
        this.#ctx.log.warn({ error: reasonOf(error) }, "hello not answered"),
      )
    }
  }

  /** Whether one more of this terminal may be answered. Counted in this process: a terminal's hellos come to one. */
  #take(terminalId: number): boolean {
    const nowMs = this.#ctx.clock.nowMs()
    if (nowMs - this.#windowStartsAtMs >= windowMs) {
      this.#windowStartsAtMs = nowMs
      this.#answered = new Map()
    }
    const answered = this.#answered.get(terminalId) ?? 0
    if (answered >= perWindow) return false
    this.#answered.set(terminalId, answered + 1)
    return true
  }
}

/** A terminal says what time it has; it learns ours, and we learn how far its clock is off. */
async function answerHello(
  ctx: Context,
  channel: TerminalChannel,
  learned: Map<number, ClockSample>,
  message: UpMessage,
): Promise<void> {
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
  const { sentAtMs } = body.value
  // A time that no code can carry teaches nothing; the tablet learns ours, and that its clock is wrong.
  if (sentAtMs >= seconds2024ToMs(0) && sentAtMs <= seconds2024ToMs(0xffff_ffff)) {
    const sample = { terminalId: message.terminalId, sentAtMs, receivedAtMs: message.receivedAtMs }
    await learnClock(ctx, sample, learned.get(message.terminalId))
    learned.set(message.terminalId, sample)
  }
  // A terminal that was away learns what its stall must not sell.
  const holds = await readHolds(ctx.db, terminal.merchantId)
  await channel.publish(
    message.terminalId,
    "hello",
    JSON.stringify({
      ...{ v: 1, nonce: toHex(body.value.nonce), serverTimeMs: ctx.clock.nowMs(), state: terminal.state },
      ...(holds.version > 0 && { holds }),
    }),
  )
}
