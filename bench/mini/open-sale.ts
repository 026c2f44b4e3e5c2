// Opens the compiled program for WeChat in a phone's host again and again, each time in a realm of its own, with answers
// that are there at once; prints how long each took from the launch to the sale on the page.
// usage: bun bench/mini/open-sale.ts FOLDER ANSWERS.json URL OPENINGS
import { readFileSync } from "node:fs"
import { type Call, openMiniHost } from "../../tests/miniprogram/built/mini-host"
import { builtIn } from "../../tests/miniprogram/built/phone"

type Answers = Readonly<Record<string, string>>

async function openSale(folder: string, answers: Answers, scanned: string): Promise<number> {
  const request = ({ url, success, fail }: Call<{ readonly url: string }>) => {
    const data = answers[url.slice(builtIn.length)]
    if (data === undefined) return fail?.({ errMsg: `nothing was recorded for ${url}` })
    return success?.({ statusCode: 200, header: { "content-type": "application/json" }, data })
  }
  const startedMs = performance.now()
  const host = openMiniHost(folder, "weapp", { request })
  host.launch({ path: "pages/pay/index", query: {} })
  await host.open(`/pages/pay/index?q=${encodeURIComponent(encodeURIComponent(scanned))}`)
  while (!host.has("pay-wechat-pay")) await new Promise((done) => setImmediate(done))
  const tookMs = performance.now() - startedMs
  host.close()
  return tookMs
}

const [folder = "", answers = "", scanned = "", openings = ""] = process.argv.slice(2)
const recorded = JSON.parse(readFileSync(answers, "utf8")) as Answers
const times: number[] = []
for (let opening = 0; opening < Number(openings); opening += 1) times.push(await openSale(folder, recorded, scanned))
process.stdout.write(JSON.stringify(times))
process.exit(0)
