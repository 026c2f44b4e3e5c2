// The buyer's pages for one platform, built once per state of their sources.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { drawPlainCard } from "@suyuan/api/http/pages/share-card"
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
  ...["api/src/http/pages/share-card.ts", "api/src/http/pages/pixel-picture.ts"],
]
const templates: Readonly<Record<Target, string>> = { weapp: "wxml", alipay: "axml", h5: "" }

/** Every page that has sources, as the platforms name it. */
export function pagesInSources(): string[] {
  const folders = readdirSync(join(workspace, "src/pages"), { withFileTypes: true }).filter((each) =>
    each.isDirectory(),
  )
  return folders.map(({ name }) => `pages/${name}/index`).sort()
}

/**
 * What a build of these pages must have left and did not. A builder that refuses its configuration says so and ends with
 * 0, and a page that no configuration names is not built at all.
 */
export function missingIn(folder: string, target: Target): string[] {
  if (target === "h5") return existsSync(join(folder, "index.html")) ? pagesNotLoaded(folder) : ["index.html"]
  if (!existsSync(join(folder, "app.json"))) return ["app.json"]
  const { pages } = JSON.parse(readFileSync(join(folder, "app.json"), "utf8")) as { readonly pages: readonly string[] }
  const files = pagesInSources().flatMap((page) => ["js", "json", templates[target]].map((kind) => `${page}.${kind}`))
  return [
    ...pagesInSources().filter((page) => !pages.includes(page)),
    ...["app.js", "pictures/shared.png", ...files].filter((file) => !existsSync(join(folder, file))),
  ]
}

/** A browser loads a page by the path that stands in the first script. */
function pagesNotLoaded(folder: string): string[] {
  const scripts = readdirSync(join(folder, "js")).filter((name) => name.startsWith("app.") && name.endsWith(".js"))
  const text = scripts.map((name) => readFileSync(join(folder, "js", name), "utf8")).join("\n")
  return pagesInSources().filter((page) => !text.includes(`"path":"${page}"`))
}

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
  const missing = missingIn(join(workspace, fresh), target)
  if (missing.length > 0) {
    rmSync(join(workspace, fresh), { recursive: true, force: true })
    throw new Error(`The buyer's pages for ${target} did not build (${missing.join(", ")} is missing):\n${said}`)
  }
  writeFileSync(join(workspace, fresh, ".built-from"), digest)
  rmSync(kept, { recursive: true, force: true })
  renameSync(join(workspace, fresh), kept)
  return kept
}

/**
 * The one source of the visual language as a style sheet (a mini-program has no `:root` and no `rem` of a browser), and
 * as the picture that stands for any trace.
 */
function writeTokens(target: Target): void {
  mkdirSync(join(workspace, ".tokens"), { recursive: true })
  writeFileSync(join(workspace, ".tokens", `${target}.css`), target === "h5" ? css() : miniCss())
  writeFileSync(join(workspace, ".tokens", "shared.png"), drawPlainCard())
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
