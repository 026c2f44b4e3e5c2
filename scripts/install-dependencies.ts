// Installs what bun.lock names, once for any number of starts at the same time. Only built-in modules: it runs before
// there are others. usage: bun scripts/install-dependencies.ts <stamp>, see with-bun.mjs.
import { Database } from "bun:sqlite"
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"

const root = resolve(import.meta.dir, "..")
const modules = join(root, "node_modules")
const stampFile = join(modules, ".suyuan-install")
const unfinishedFile = join(modules, ".suyuan-install-unfinished")
const lockFile = join(modules, ".suyuan-install-lock")

/** The kernel holds SQLite's file lock, so it ends with this process however the process ends. */
function waitForLock(): void {
  const lock = new Database(lockFile)
  try {
    lock.run("PRAGMA busy_timeout = 0")
    lock.run("BEGIN EXCLUSIVE")
  } catch {
    process.stderr.write("Another start is installing the dependencies: waiting …\n")
    lock.run(`PRAGMA busy_timeout = ${30 * 60 * 1000}`)
    lock.run("BEGIN EXCLUSIVE")
  }
}

/** After an install that was killed, a package folder can be there and be incomplete: begin again from the download cache. */
function removeUnfinished(): void {
  const kept = new Set([".cache", ".suyuan-install-lock", ".suyuan-install-unfinished"])
  for (const name of readdirSync(modules)) {
    if (!kept.has(name)) rmSync(join(modules, name), { recursive: true, force: true })
  }
  const { workspaces } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { workspaces: string[] }
  for (const workspace of workspaces) rmSync(join(root, workspace, "node_modules"), { recursive: true, force: true })
}

const [stamp] = process.argv.slice(2)
if (stamp === undefined) throw new Error("usage: bun scripts/install-dependencies.ts <stamp>")
mkdirSync(modules, { recursive: true })
waitForLock()
if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) process.exit(0)

process.stderr.write("Installing the dependencies …\n")
if (existsSync(unfinishedFile)) removeUnfinished()
writeFileSync(unfinishedFile, "")
const install = spawnSync(process.execPath, ["install", "--frozen-lockfile"], { cwd: root, stdio: ["ignore", 2, 2] })
if (install.status !== 0) {
  process.stderr.write(
    "`bun install --frozen-lockfile` failed: see its message above. Is the package registry reachable?\n",
  )
  process.exit(install.status ?? 1)
}
writeFileSync(`${stampFile}.new`, stamp)
renameSync(`${stampFile}.new`, stampFile)
rmSync(unfinishedFile)
