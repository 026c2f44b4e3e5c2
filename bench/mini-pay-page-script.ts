// mini.payPageScript: ms of script in the compiled program for WeChat from its launch by a scanned code to the sale on the
// page: compiling and running its files, Taro, React, the sale's statement, everything that is set for the template.
// Answers of the gateway were recorded and are there at once; each opening has a realm of its own; the median.
// Beside it the same where nothing is compiled, as on phones whose mini-programs run in an interpreter (iOS).
//
// Floor: reading and running Taro's runtime and React, about 250 KB of script: 10 ms.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { payCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import { buildMiniprogram } from "../scripts/miniprogram/build-miniprogram"
import { openBuyerWorld } from "../tests/miniprogram/built/buyer-world"
import { builtIn, openPhone } from "../tests/miniprogram/built/phone"
import type { Figure, Reading } from "./figure"
import { percentile, rounded } from "./measure/percentile"

const OPENINGS = 30
const WARM = 3
const program = join(import.meta.dir, "mini/open-sale.ts")

export const miniPayPageScript: Figure = {
  name: "mini.payPageScript",
  required: { atMost: 150 },
  measure: async (run) => {
    const folder = await buildMiniprogram("weapp", run.say)
    const scratch = mkdtempSync(join(tmpdir(), "suyuan-bench-"))
    try {
      const answers = join(scratch, "answers.json")
      const scanned = await record(folder, answers)
      const openings = WARM + (run.quick ? 5 : OPENINGS)
      const openSales = async (name: string, environment: Record<string, string>): Promise<Reading> => {
        const asked = [process.execPath, program, folder, answers, scanned, String(openings)]
        const opener = Bun.spawn(asked, { env: { ...process.env, ...environment }, stdout: "pipe", stderr: "pipe" })
        const [said, complained] = await Promise.all([
          new Response(opener.stdout).text(),
          new Response(opener.stderr).text(),
        ])
        if ((await opener.exited) !== 0) throw new Error(complained)
        const times = (JSON.parse(said) as number[]).slice(WARM)
        return { name, value: rounded(percentile(times, 0.5), 1), unit: "ms", n: times.length }
      }
      return [
        await openSales("mini.payPageScript", {}),
        await openSales("mini.payPageScript.jitless", { BUN_JSC_useJIT: "0" }),
      ]
    } finally {
      rmSync(scratch, { recursive: true })
    }
  },
}

/** What a phone is answered on its way to a sale. Returns what it has scanned. */
async function record(folder: string, file: string): Promise<string> {
  const world = await openBuyerWorld({})
  try {
    const answers: Record<string, string> = {}
    const phone = openPhone(world, folder, "weapp")
    phone.onTheWay.change = (path, text) => {
      answers[path] = text
      return text
    }
    const code = await world.newCode()
    await phone.scan(code)
    await phone.host.until("¥")
    phone.host.close()
    writeFileSync(file, JSON.stringify(answers))
    return `${builtIn}/p/${payCodeDigits(code)}`
  } finally {
    await world.end()
  }
}
