// What the demonstration says in the terminal window: Chinese first, English beside it.
import type { AnswerOf } from "@suyuan/client/client"
import { originSentence } from "@suyuan/look/origin-sentence"
import { words } from "@suyuan/look/words"
import { fenToYuan } from "@suyuan/protocol/units/money"
import { gramsToJin, gramsToKilograms } from "@suyuan/protocol/units/weight"
import type { DayProgress } from "./play-day"

export type Trace = AnswerOf<"/traces/purchases/{recordId}", "get">
type TraceLine = Trace["lines"][number]
type Origin = NonNullable<TraceLine["origin"]>

export function say(text = ""): void {
  process.stdout.write(`${text}\n`)
}

/** A line that counts up where the window can show it, and stands once finished where it cannot. */
export function openProgress(): DayProgress & { end(): void } {
  let [title, done, total, beganAtMs] = ["", 0, 0, 0]
  const line = () => (total === 0 ? title : `${title}  ${done}/${total}`)
  function end(): void {
    if (title === "") return
    const seconds = ((performance.now() - beganAtMs) / 1000).toFixed(1)
    if (process.stdout.isTTY) process.stdout.write("\r\x1b[K")
    say(`  ✓ ${line()}  (${seconds} s)`)
    title = ""
  }
  return {
    begin(zh, en, sales) {
      end()
      ;[title, done, total, beganAtMs] = [`${zh} · ${en}`, 0, sales, performance.now()]
      if (process.stdout.isTTY) process.stdout.write(`  … ${line()}`)
    },
    sold() {
      done += 1
      if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K  … ${line()}`)
    },
    end,
  }
}

/** One purchase, from the stall back to the field. */
export function tellTrace(trace: Trace): string[] {
  const { stall } = trace
  return [
    `「${stall.site} ${stall.name}」 ${stall.siteEn}, ${stall.number}`,
    `${timeOf(trace.soldAt)}  ¥${fenToYuan(trace.amountFen ?? 0)}  ${words.recordNumber.zh} ${trace.recordId}`,
    "",
    ...trace.lines.flatMap((line, index) => tellLine(line, index)),
  ]
}

function tellLine(line: TraceLine, index: number): string[] {
  const grams = line.grams ?? 0
  const origin =
    line.origin === null ? { zh: words.originUnknown.zh, en: words.originUnknown.en } : originWords(line.origin)
  const tests = line.inspections.map(
    ({ conclusion, inhibitionPermille, limitPermille, standard }) =>
      `${conclusion === "passed" ? `✓ ${words.testPassed.zh}` : `✕ ${words.testFailed.zh}`}：抑制率 ${inhibitionPermille / 10}%，限 ${limitPermille / 10}% (${standard})，${words.testSampleOnly.zh}`,
  )
  return [
    `${index + 1}. ${line.name ?? "?"} ${line.nameEn ?? ""}  ${gramsToJin(grams)} 斤 = ${gramsToKilograms(grams)} kg`,
    `   ${origin.zh}`,
    `   ${origin.en}`,
    ...(line.origin?.sources ?? [])
      .slice(0, 4)
      .map((source) => `   ${barOf(source, grams)} ${source.province} ${source.base}`),
    ...(line.certificates > 0 ? [`   ✓ ${words.certificate.zh} × ${line.certificates}`] : []),
    ...tests.map((text) => `   ${text}`),
    ...wayOf(line),
    "",
  ]
}

function originWords(origin: Origin): { zh: string; en: string } {
  const mark = origin.kind === "unknown" ? "?" : origin.unknownHighPercent > 0 ? "◔" : "✓"
  return { zh: `${mark} ${originSentence(origin, "zh")}`, en: `  ${originSentence(origin, "en")}` }
}

const BAR_WIDTH = 20

/** Solid is certain, hatched is possible. */
function barOf({ mustGrams, mayGrams }: { mustGrams: number; mayGrams: number }, grams: number): string {
  if (grams === 0) return ""
  const must = Math.floor((mustGrams / grams) * BAR_WIDTH)
  const may = Math.ceil((mayGrams / grams) * BAR_WIDTH)
  const percent = `${Math.floor((mustGrams * 100) / grams)}%–${Math.ceil((mayGrams * 100) / grams)}%`
  return `${"█".repeat(must)}${"▒".repeat(Math.max(0, may - must))}${"·".repeat(Math.max(0, BAR_WIDTH - may))} ${percent}`
}

function wayOf(line: TraceLine): string[] {
  const stops = line.way.map(({ level, site, stall, arrivedAt, harvested }) => {
    const what = harvested ? words.harvestedOn.zh : level === 0 ? "进货" : "转手"
    return `   ${"  ".repeat(level)}└ ${site ?? "?"} ${stall ?? ""}${arrivedAt === null ? "" : `  ${timeOf(arrivedAt)} ${what}`}`
  })
  return [`   ${words.theWay.zh} · ${words.theWay.en}`, ...stops.reverse()]
}

function timeOf(instant: string): string {
  return new Intl.DateTimeFormat("zh-CN", {
    ...{ timeZone: "Asia/Shanghai", month: "numeric", day: "numeric" },
    ...{ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  } as const).format(new Date(instant))
}
