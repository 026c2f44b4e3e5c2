// mini.traceLongTask: the longest task of the page's thread while a trace of 200 stops is scrolled from its head to its
// foot, in a browser on a processor slowed four times, out of the browser's own trace; the longest of all rounds. Beside it
// what the longest took of the processor: on a busy machine others stand between.
//
// Floor: a frame that is painted alone, about 4 ms there.
import type { Figure } from "./figure"
import { rounded } from "./measure/percentile"
import { buyOne, openSlowPhone, slowPage } from "./mini/slow-phone"

const STOPS = 200
const ROUNDS = 5
const STEP_PX = 120
const US_PER_MS = 1000

type TraceEvent = {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly dur?: number
  readonly tdur?: number
}
type Task = { readonly wallMs: number; readonly processorMs: number }
type Stop = { readonly stallNumber: string }
type Way = { lines: { way: Stop[] }[] }

export const miniTraceLongTask: Figure = {
  name: "mini.traceLongTask",
  required: { atMost: 50 },
  measure: async (run) => {
    const slow = await openSlowPhone()
    const seen: Task[] = []
    try {
      const { phone, path } = await buyOne(slow)
      await phone.context.route("**/traces/**", async (route) => {
        const answer = await route.fetch()
        await route.fulfill({ response: answer, json: lengthened((await answer.json()) as Way) })
      })
      for (let round = 0; round < (run.quick ? 1 : ROUNDS); round += 1) {
        const page = await slowPage(phone.context, "local")
        await page.goto(`${slow.buyers.world.url}${path("trace")}`)
        await page.waitForSelector("#verify")
        await page.mouse.move(200, 400)
        await slow.buyers.browser.startTracing(page, { categories: ["toplevel", "devtools.timeline", "__metadata"] })
        await page.evaluate(scrollDown, STEP_PX)
        seen.push(...tasksOf(JSON.parse((await slow.buyers.browser.stopTracing()).toString())))
        await page.close()
      }
    } finally {
      await slow.end()
    }
    const longest = (name: string, times: readonly number[]) => ({
      ...{ name, value: rounded(Math.max(...times)), unit: "ms", n: times.length },
    })
    return [
      longest(
        "mini.traceLongTask",
        seen.map(({ wallMs }) => wallMs),
      ),
      longest(
        "mini.traceLongTask.processor",
        seen.map(({ processorMs }) => processorMs),
      ),
    ]
  },
}

/** The way that the trace has, as often as needed, each stop a stall of its own. */
function lengthened(trace: Way): Way {
  const [line] = trace.lines
  if (line === undefined) throw new Error("a trace without a line")
  const way = Array.from({ length: STOPS }, (_, at) => ({
    ...line.way[at % line.way.length]!,
    stallNumber: `B-${at + 1}`,
  }))
  return { ...trace, lines: [{ ...line, way }] }
}

/** As a thumb does it: a little with every frame, to the foot. */
function scrollDown(stepPx: number): Promise<void> {
  const scroller = [...document.querySelectorAll(".taro_page"), document.documentElement].find(
    ({ scrollHeight, clientHeight }) => scrollHeight > clientHeight,
  )
  if (scroller === undefined) throw new Error("nothing to scroll")
  return new Promise((done) => {
    const step = () => {
      const before = scroller.scrollTop
      scroller.scrollTop += stepPx
      if (scroller.scrollTop === before) done()
      else requestAnimationFrame(step)
    }
    requestAnimationFrame(step)
  })
}

/** Tasks of the threads that pages run on. */
function tasksOf({
  traceEvents,
}: {
  readonly traceEvents: readonly (TraceEvent & { args?: { name?: string } })[]
}): Task[] {
  const thread = ({ pid, tid }: TraceEvent) => `${pid}/${tid}`
  const main = new Set(
    traceEvents
      .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
      .map((event) => thread(event)),
  )
  const tasks = traceEvents
    .filter((event) => event.ph === "X" && event.name.endsWith("RunTask") && main.has(thread(event)))
    .map(({ dur = 0, tdur = dur }) => ({ wallMs: dur / US_PER_MS, processorMs: tdur / US_PER_MS }))
  if (tasks.length === 0) throw new Error("the browser's trace has no tasks")
  return tasks
}
