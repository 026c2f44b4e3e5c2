// The buyer's pages for one platform, built once per state of their sources.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { css, miniCss } from "@suyuan/look/tokens"
import { digestOfSources } from "../digest-of-sources"

export const targets = ["weapp", "alipay", "h5"] as const
export type Target = (typeof targets)[number]

const root = resolve(import.meta.dir, "../..")
const workspace = join(root, "miniprogram")
const sources = ["src", "core", "config"].map((folder) => `miniprogram/${folder}`)
const shared = ["protocol/src", "look/src", "client/src"]
const singles = [
  ...["package.json", "babel.config.cjs", "project.config.json"].map((name) => `miniprogram/${name}`),
  ...["bun.lock", "scripts/miniprogram/build-miniprogram.ts"],
]
/** Without it the builder has refused its configuration: it says so, and ends with 0. */
const proofOfBuild: Readonly<Record<Target, string>> = { weapp: "app.json", alipay: "app.json", h5: "index.html" }

/** Returns the folder of the built pages. Throws with what the builder said when they do not build. */
export async function buildMiniprogram(target: Target, report: (sentence: string) => void): Promise<string> {
  const gateway = process.env.MINIPROGRAM_GATEWAY ?? ""
  const ledger = process.env.MINIPROGRAM_LEDGER ?? ""
  const trusted = ledger === "" ? "" : readFileSync(ledger, "utf8")
  const digest = `${digestOfSources([...sources, ...shared], singles)} ${gateway} ${trusted}`
  const kept = join(workspace, "dist", target)
  if (builtFrom(kept) === digest) return kept
  report(`Building the buyer's pages for ${target}; this is done once …`)
  const fresh = join("dist", `${target}-${process.pid}`)
  writeTokens(target)
  const said = await runTaro(target, fresh)
  if (!existsSync(join(workspace, fresh, proofOfBuild[target]))) {
    rmSync(join(workspace, fresh), { recursive: true, force: true })
    throw new Error(`The buyer's pages for ${target} did not build:\n${said}`)
  }
  writeFileSync(join(workspace, fresh, ".built-from"), digest)
  rmSync(kept, { recursive: true, force: true })
  renameSync(join(workspace, fresh), kept)
  return kept
}

/** The one source of the visual language as a style sheet: a mini-program has no `:root` and no `rem` of a browser. */
function writeTokens(target: Target): void {
  mkdirSync(join(workspace, ".tokens"), { recursive: true })
  writeFileSync(join(workspace, ".tokens", `${target}.css`), target === "h5" ? css() : miniCss())
}

async function runTaro(target: Target, out: string): Promise<string> {
  const taro = join(workspace, "node_modules/@tarojs/cli/bin/taro")
  const builder = Bun.spawn([process.execPath, "--bun", taro, "build", "--type", target, "--no-check"], {
    cwd: workspace,
    env: { ...process.env, NODE_ENV: "production", TARO_ENV: target, MINIPROGRAM_OUT: out },
    stdout: "pipe",
    stderr: "pipe",
  })
  const [said, complained] = await Promise.all([
    new Response(builder.stdout).text(),
    new Response(builder.stderr).text(),
    builder.exited,
  ])
  return `${said}${complained}`
}

function builtFrom(folder: string): string | undefined {
  const note = join(folder, ".built-from")
  return existsSync(note) ? readFileSync(note, "utf8") : undefined
}
