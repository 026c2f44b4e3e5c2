// Signatures by a real browser's own cryptography, held to the vectors that hold every other verifier.
import { afterAll, beforeAll, expect, test } from "bun:test"
import { join } from "node:path"
import type { Browser } from "playwright-core"
import { launchBrowser } from "../../support/launch-browser"
import vectors from "../../vectors/signatures.json"

type Answer = { readonly verified: boolean; readonly byBrowser: boolean }

let browser: Browser
let server: ReturnType<typeof Bun.serve>
beforeAll(async () => {
  const built = await Bun.build({ entrypoints: [join(import.meta.dir, "signatures-in-page.ts")], target: "browser" })
  const script = await built.outputs[0]!.text()
  server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: ({ url }) =>
      url.endsWith(".js")
        ? new Response(script, { headers: { "content-type": "text/javascript" } })
        : new Response('<script type="module" src="/page.js"></script>', { headers: { "content-type": "text/html" } }),
  })
  browser = await launchBrowser()
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await server?.stop(true)
})

test("[PC-16] [PC-17] answers as noble does, and says yes by itself where noble does", async () => {
  const page = await browser.newPage()
  await page.goto(server.url.href)
  await page.waitForFunction(() => "answers" in globalThis)
  const answers = await page.evaluate((cases) => {
    const { answers } = globalThis as unknown as { answers: (all: typeof cases) => Promise<Answer[]> }
    return answers(cases)
  }, vectors.cases)
  const named = (of: (answer: Answer) => boolean) =>
    vectors.cases.filter((_, at) => of(answers[at]!)).map(({ name }) => name)
  const valid = vectors.cases.filter(({ valid }) => valid).map(({ name }) => name)
  expect(named(({ verified }) => verified)).toEqual(valid)
  // What it refuses in vain is decided by noble, slowly: of honest signatures there are none.
  const slow = valid.filter((name) => !named(({ byBrowser }) => byBrowser).includes(name))
  expect(slow.filter((name) => /RFC|honest/.test(name))).toEqual([])
}, 60_000)
