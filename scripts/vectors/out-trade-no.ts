/** tests/vectors/out-trade-no.json. `bun scripts/vectors/out-trade-no.ts` */
import { formatOutTradeNo, type OutTradeNo } from "@suyuan/protocol/payment/out-trade-no"
import { makeTerminalId } from "@suyuan/protocol/terminal/identifiers"
import { writeVectorsOnce } from "./write-once"

const numbers: readonly OutTradeNo[] = [
  { utcDay: 20_430, terminal: makeTerminalId(13, 42), counter: 117, attempt: 0 },
  { utcDay: 20_430, terminal: makeTerminalId(13, 42), counter: 117, attempt: 1 },
  { utcDay: 10_957, terminal: 0, counter: 0, attempt: 0 },
  { utcDay: 47_481, terminal: makeTerminalId(255, 0xffff_ffff), counter: 0xffff_ffff, attempt: 255 },
]

writeVectorsOnce("out-trade-no", {
  source: "scripts/vectors/out-trade-no.ts",
  numbers: numbers.map((number) => ({ ...number, text: formatOutTradeNo(number) })),
})
