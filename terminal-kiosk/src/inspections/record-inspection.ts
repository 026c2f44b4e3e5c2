import { fromHex } from "@suyuan/protocol/codec/bytes"
import { msToSeconds2024 } from "@suyuan/protocol/units/instant"
import { queueUpload } from "../outbox/queue-upload"
import type { Terminal } from "../terminal"

export interface RapidTest {
  readonly sampleNumber: string
  readonly commodity: number
  readonly lot?: string
  readonly sampledAtMs: number
  /** 酶抑制率法. */
  readonly method: string
  /** With the limit that it sets: GB/T 5009.199-2003 50 %, NY/T 448-2001 70 %. */
  readonly standard: string
  readonly limitPermille: number
  readonly inhibitionPermille: number
  readonly instrument: string
  /** Never a name: `检测员`. */
  readonly testerRole: string
  /** The test that this one repeats, of the same goods. */
  readonly retestOf?: string
  /** Hash by which the gateway has a photo of it. */
  readonly photo?: string
}

/** 快检 of what lies at this stall. The figure alone says whether it passed. Returns the test's id. */
export function recordInspection(terminal: Terminal, test: RapidTest): Promise<string> {
  return terminal.inTurn(() => {
    const { sampledAtMs, lot, photo, ...rest } = test
    return queueUpload(terminal, "inspection", {
      ...rest,
      lot,
      ...(photo !== undefined && { photo: fromHex(photo) }),
      sampledAtSeconds: msToSeconds2024(sampledAtMs),
      testedAtSeconds: msToSeconds2024(Math.max(terminal.time.stampMs(), sampledAtMs)),
      conclusion: test.inhibitionPermille < test.limitPermille ? "passed" : "failed",
    })
  })
}
