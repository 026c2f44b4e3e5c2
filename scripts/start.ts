// `npm start`: everything on this computer, until Ctrl-C.
import { relative } from "node:path"
import { type Corner, openCorner } from "./corner/open-corner"
import { openDataDirectory } from "./data-directory"
import { buildKiosk } from "./kiosk/build-kiosk"
import { buildMiniprogram } from "./miniprogram/build-miniprogram"
import { awaitStopRequest } from "./stop-request"
import { type Supervisor, startSupervisor } from "./supervisor"

const BLOCK_TIME_SECONDS = 1

function say(sentence: string): void {
  process.stdout.write(`${sentence}\n`)
}

/** A code lives ten minutes. */
const enrolment = (corner: Corner | undefined): string =>
  corner === undefined ? "the stall's tablet" : `a stall of your own; claim code ${corner.claimCode}`

function welcome(
  { gatewayUrl, sandboxUrl, gatewaySettings }: Supervisor,
  corner: Corner | undefined,
  hasKiosk: boolean,
): string {
  const tokenFile = gatewaySettings.ADMIN_TOKEN_FILE
  const places = [
    ...(sandboxUrl === undefined ? [] : [["market corner", `${sandboxUrl}/`, "a stall's code beside a buyer's phone"]]),
    ...(hasKiosk ? [["terminal", `${gatewayUrl}/kiosk/`, enrolment(corner)]] : []),
    ...(tokenFile === undefined
      ? []
      : [
          [
            "office",
            `${gatewayUrl}/office`,
            `recalls, alarms, books; the token is in ${relative(process.cwd(), tokenFile)}`,
          ],
        ]),
    ["gateway", `${gatewayUrl}/`, "what phones and terminals talk to; no page of its own"],
    ["API", `${gatewayUrl}/docs`, "every route, readable"],
    ["metrics", `${gatewayUrl}/metrics`, ""],
    ...(corner === undefined ? [] : [["latest trace", corner.traceUrl, "from the field to a buyer"]]),
  ]
  const lines = places.map(([name = "", url = "", what]) => `  ${name.padEnd(16)}${url.padEnd(34)}  ${what}`.trimEnd())
  return `\nSuyuan 溯源 is running. 演示: a demonstration with play money, for this computer only.\n\n${lines.join("\n")}\n\nCtrl-C stops everything.`
}

/** Without its pages everything else still runs. */
async function builtKiosk(): Promise<{ readonly kioskDirectory: string } | undefined> {
  try {
    return { kioskDirectory: await buildKiosk(say) }
  } catch (error) {
    say((error as Error).message)
    return undefined
  }
}

/** Without them the plain pages stand alone. */
async function builtBuyerPages(): Promise<{ readonly buyerDirectory: string } | undefined> {
  try {
    return { buyerDirectory: await buildMiniprogram("h5", say) }
  } catch (error) {
    say((error as Error).message)
    return undefined
  }
}

/** The corner belongs to the sandbox. Without it everything else still runs. */
async function stockCorner(supervisor: Supervisor, directory: string): Promise<Corner | undefined> {
  const { gatewayUrl, sandboxUrl, gatewaySettings } = supervisor
  const adminTokenFile = gatewaySettings.ADMIN_TOKEN_FILE
  if (sandboxUrl === undefined || adminTokenFile === undefined) return undefined
  say("Stocking the market corner …")
  try {
    return await openCorner({ gatewayUrl, sandboxUrl, adminTokenFile, directory })
  } catch (error) {
    if (!asked.aborted) say(`The market corner has no stall: ${(error as Error).message}`)
    return undefined
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((done) => {
    if (signal.aborted) done(undefined)
    else signal.addEventListener("abort", () => done(undefined))
  })
}

const asked = awaitStopRequest(say)

try {
  const directory = openDataDirectory(process.env.SUYUAN_DATA_DIR || ".suyuan")
  say(`Starting; data and logs are in ${directory.path}`)
  const kiosk = await builtKiosk()
  const buyerPages = await builtBuyerPages()
  const supervisor = await startSupervisor({
    directory,
    ...kiosk,
    ...buyerPages,
    environment: process.env,
    blockTimeSeconds: BLOCK_TIME_SECONDS,
    signal: asked,
    report: say,
  })
  const corner = await stockCorner(supervisor, directory.path)
  if (!asked.aborted) say(welcome(supervisor, corner, kiosk !== undefined))
  const failure = await Promise.race([supervisor.failed, aborted(asked)])
  if (failure !== undefined) say(failure.message)
  await corner?.close()
  await supervisor.stop()
  say("Stopped.")
  process.exit(failure === undefined ? 0 : 1)
} catch (error) {
  if (asked.aborted) {
    say("Stopped.")
    process.exit(0)
  }
  process.stderr.write(`${(error as Error).message}\n`)
  process.exit(1)
}
