// The terminal's pages, built once per state of their sources: `npm start` and the browser tests take what is there.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { digestOfSources } from "../digest-of-sources"

const root = resolve(import.meta.dir, "../..")
const workspace = join(root, "terminal-kiosk")
const kept = join(workspace, "dist")
/** Where everything stands that ends up in the pages. */
const sources = ["terminal-kiosk/src", "terminal-kiosk/screens", "protocol/src", "look/src", "client/src"]
const singles = ["terminal-kiosk/vite.config.ts", "terminal-kiosk/package.json", "bun.lock"]
const VERSION_CHARACTERS = 8

/** Vite lets one build of a workspace run at a time; whoever comes second takes what the first has made. */
const OTHER_BUILD = "Found another Vite build process"
const OTHER_BUILD_WAIT_MS = 500
const TRIES_MAX = 200

/** Returns the folder of the built pages. Throws with what the builder said when they do not build. */
export async function buildKiosk(report: (sentence: string) => void): Promise<string> {
  const digest = digestOfSources(sources, singles)
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    if (builtFrom() === digest) return kept
    if (tries === 0) report("Building the terminal's pages; this is done once …")
    if (await buildOnce(digest)) return kept
    await Bun.sleep(OTHER_BUILD_WAIT_MS)
  }
  throw new Error("Another build of the terminal's pages does not end.")
}

/** False while another process builds them. */
async function buildOnce(digest: string): Promise<boolean> {
  const fresh = join(workspace, `dist-${process.pid}`)
  const builder = Bun.spawn(
    [
      process.execPath,
      "--bun",
      join(workspace, "node_modules/vite/bin/vite.js"),
      "build",
      "--config",
      "vite.config.ts",
    ],
    {
      cwd: workspace,
      env: {
        ...process.env,
        NODE_ENV: "production",
        KIOSK_OUT: fresh,
        KIOSK_VERSION: digest.slice(0, VERSION_CHARACTERS),
      },
      stdout: "pipe",
      stderr: "pipe",
    },
  )
  const [exitCode, said, complained] = await Promise.all([
    builder.exited,
    new Response(builder.stdout).text(),
    new Response(builder.stderr).text(),
  ])
  if (exitCode !== 0) {
    rmSync(fresh, { recursive: true, force: true })
    if (complained.includes(OTHER_BUILD)) return false
    throw new Error(`The terminal's pages did not build:\n${said}${complained}`)
  }
  writeFileSync(join(fresh, ".built-from"), digest)
  rmSync(kept, { recursive: true, force: true })
  renameSync(fresh, kept)
  return true
}

function builtFrom(): string | undefined {
  const note = join(kept, ".built-from")
  return existsSync(note) ? readFileSync(note, "utf8") : undefined
}
