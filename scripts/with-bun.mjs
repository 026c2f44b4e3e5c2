#!/usr/bin/env node
// Runs a TypeScript file of this repository with Bun, after making sure that Bun and the dependencies are there:
//
//   node scripts/with-bun.mjs scripts/start.ts [arguments]
//
// This is the one file that Node may have to read, so it is plain JavaScript without dependencies. It works with only
// Node ≥20 and npm (Bun then comes from npm), or with only Bun (which answers to the name `node` in package scripts).
import { spawn, spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { basename, delimiter, dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"

const BUN_VERSION = "1.4.5"
const HEARTBEAT_MS = 1_000
const STALE_LOCK_MS = 15_000
const DOWNLOAD_ATTEMPTS = 3

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..")
const modules = join(root, "node_modules")
const startedBy = lineage()
const rememberedBun = join(modules, ".cache", "suyuan", "bun-path")

/** The same major version, and not older than the minor version that everything here was run with. */
function isAcceptable(version) {
  const [major, minor] = version.split(".").map(Number)
  const [wantedMajor, wantedMinor] = BUN_VERSION.split(".").map(Number)
  return major === wantedMajor && minor >= wantedMinor
}

function isWritable(directory) {
  try {
    accessSync(directory, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** npm and Bun keep their downloads in the home directory; where that cannot be written, in node_modules. */
function withWritableCaches(environment) {
  const home = environment.HOME ?? ""
  const npmCache = environment.npm_config_cache ?? join(home, ".npm")
  const bunCache = environment.BUN_INSTALL_CACHE_DIR ?? join(home, ".bun", "install", "cache")
  const own = join(modules, ".cache")
  return {
    ...environment,
    npm_config_cache: canBeMade(npmCache) ? npmCache : join(own, "npm"),
    BUN_INSTALL_CACHE_DIR: canBeMade(bunCache) ? bunCache : join(own, "bun"),
  }
}

function canBeMade(directory) {
  try {
    mkdirSync(directory, { recursive: true })
  } catch {
    return false
  }
  return isWritable(directory)
}

function executableOnPath(name) {
  for (const directory of (process.env.PATH ?? "").split(delimiter)) {
    if (directory !== "" && existsSync(join(directory, name))) return join(directory, name)
  }
  return undefined
}

function installedBun() {
  if (process.versions.bun !== undefined && isAcceptable(process.versions.bun)) return process.execPath
  const remembered = existsSync(rememberedBun) ? readFileSync(rememberedBun, "utf8").trim() : undefined
  const ownInstall = join(process.env.BUN_INSTALL ?? join(process.env.HOME ?? "/", ".bun"), "bin", "bun")
  for (const candidate of [remembered, executableOnPath("bun"), ownInstall]) {
    if (candidate === undefined || candidate === "") continue
    const answer = spawnSync(candidate, ["--version"], { encoding: "utf8" })
    if (answer.status === 0 && isAcceptable(answer.stdout.trim())) return candidate
  }
  return undefined
}

/** npm is next to Node, or is what started this script, or is on the PATH. */
function npmCommand() {
  const running = process.env.npm_execpath
  if (running !== undefined && /^npm(-cli)?\.c?js$/.test(basename(running))) return [process.execPath, running]
  const found = executableOnPath("npm")
  if (found !== undefined) return [found]
  stop("Neither Bun nor npm was found. Install Node 20 or newer with npm, or Bun: https://bun.com")
}

/** Holds a lock file while `work` runs. Its owner touches it every second, so one left by kill -9 is soon seen as stale. */
async function alone(lock, work) {
  for (;;) {
    try {
      closeSync(openSync(lock, "wx"))
      break
    } catch (error) {
      if (error.code !== "EEXIST") throw error
    }
    const touchedMs = statSync(lock, { throwIfNoEntry: false })?.mtimeMs
    if (touchedMs !== undefined && Date.now() - touchedMs > STALE_LOCK_MS) rmSync(lock, { force: true })
    await new Promise((done) => setTimeout(done, HEARTBEAT_MS / 4))
  }
  const heartbeat = setInterval(() => {
    if (existsSync(lock)) utimesSync(lock, new Date(), new Date())
  }, HEARTBEAT_MS)
  try {
    return await work()
  } finally {
    clearInterval(heartbeat)
    rmSync(lock, { force: true })
  }
}

function output(command, args, environment) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: root, env: environment, stdio: ["ignore", "pipe", "inherit"] })
    let text = ""
    child.stdout.on("data", (chunk) => {
      text += chunk
    })
    child.on("error", () => done({ status: 127, text }))
    child.on("close", (status) => done({ status, text }))
  })
}

async function downloadedBun() {
  const [npm, ...first] = npmCommand()
  const environment = { ...withWritableCaches(process.env), npm_config_update_notifier: "false" }
  const npmVersion = spawnSync(npm, [...first, "--version"], { encoding: "utf8", env: environment }).stdout ?? ""
  // From npm 12 on, a package's install script runs only when it is named; Bun's puts the real binary in place.
  const allow = Number.parseInt(npmVersion, 10) >= 12 ? ["--allow-scripts=bun"] : []
  const args = [...first, "exec", "--yes", ...allow, `--package=bun@${BUN_VERSION}`, "--", "bun"]
  const lock = join(tmpdir(), `suyuan-bun-${process.getuid?.() ?? "user"}.lock`)
  return alone(lock, async () => {
    // Someone else may have fetched it while this start waited.
    for (let attempt = 1; attempt <= DOWNLOAD_ATTEMPTS; attempt += 1) {
      if (attempt === 1) process.stderr.write(`Looking for Bun ${BUN_VERSION} through npm (downloaded once) …\n`)
      const answer = await output(npm, [...args, "-e", "console.log(process.execPath)"], environment)
      const path = answer.text.trim().split("\n").at(-1) ?? ""
      if (answer.status === 0 && existsSync(path)) return path
    }
    stop(`npm could not fetch bun@${BUN_VERSION}: see its message above. Is the package registry reachable?`)
  })
}

function rememberBun(path) {
  try {
    mkdirSync(dirname(rememberedBun), { recursive: true })
    writeFileSync(`${rememberedBun}.${process.pid}`, `${path}\n`)
    renameSync(`${rememberedBun}.${process.pid}`, rememberedBun)
  } catch {
    // A read-only checkout only means that Bun is looked up again next time.
  }
}

/** Changes whenever `bun install` would have something to do. */
function dependencyStamp() {
  const manifests = ["package.json", "bun.lock", "bunfig.toml"]
  for (const workspace of JSON.parse(readFileSync(join(root, "package.json"), "utf8")).workspaces) {
    manifests.push(join(workspace, "package.json"))
  }
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}\n`)
  for (const file of manifests) hash.update(`${file}\n`).update(readFileSync(join(root, file)))
  return hash.digest("hex")
}

function installDependencies(bun) {
  const stamp = dependencyStamp()
  const stampFile = join(modules, ".suyuan-install")
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return
  if (!isWritable(existsSync(modules) ? modules : root)) {
    stop(
      `The dependencies are missing or out of date and ${root} is not writable: run \`npm start\` once as its owner.`,
    )
  }
  const installer = join(root, "scripts", "install-dependencies.ts")
  const result = spawnSync(bun, [installer, stamp], {
    cwd: root,
    env: withWritableCaches(process.env),
    stdio: ["ignore", 2, 2],
  })
  if (result.status !== 0) process.exit(result.status ?? 1)
}

function stop(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

function commandAndParent(pid) {
  if (process.platform === "linux") {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
      const parent = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]
      return { command: readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " "), parent }
    } catch {
      return { command: "", parent: "" }
    }
  }
  const line = spawnSync("ps", ["-o", "ppid=,command=", "-p", String(pid)], { encoding: "utf8" }).stdout ?? ""
  const [, parent = "", command = ""] = /^\s*(\d+)\s+(.*)/.exec(line) ?? []
  return { command, parent }
}

/** The process that started this one; behind the shell that npm puts in between, also the one that started that. */
function lineage() {
  const { command, parent } = commandAndParent(process.ppid)
  return / -c .*with-bun\.mjs/.test(command) ? `${process.ppid} of ${parent}` : String(process.ppid)
}

/**
 * Calls back when the `npm` or `bun run` that started this process has gone: npm's shell hands no signal on when it is
 * asked to stop, and notices nothing when npm is killed.
 */
function onRunnerGone(callback) {
  if (process.env.npm_lifecycle_event === undefined) return
  const timer = setInterval(() => {
    if (lineage() === startedBy) return
    clearInterval(timer)
    callback()
  }, HEARTBEAT_MS)
}

/** Runs the file in a child with the same terminal, hands signals on, and ends as the child ends. */
function run(bun, file, args) {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"]
  // Before the child is there: it may already be running while this process still waits for its turn.
  for (const signal of signals) process.on(signal, () => child.kill(signal))
  // The child sees the end of descriptor 3 when this process is gone, also after kill -9.
  const child = spawn(bun, [resolve(root, file), ...args], {
    cwd: root,
    env: { ...process.env, WITH_BUN_PARENT_PIPE: `3:${process.pid}` },
    stdio: ["inherit", "inherit", "inherit", "pipe"],
  })
  onRunnerGone(() => child.kill("SIGTERM"))
  child.on("error", (error) => stop(`Bun could not be started: ${error.message}`))
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    for (const name of signals) process.removeAllListeners(name)
    process.kill(process.pid, signal)
  })
}

const [file, ...args] = process.argv.slice(2)
if (file === undefined) stop("usage: node scripts/with-bun.mjs <file.ts> [arguments]")
if (process.platform === "win32") stop("Windows is not supported: use WSL 2.")

let bun = installedBun()
if (bun === undefined) {
  bun = await downloadedBun()
  rememberBun(bun)
}
installDependencies(bun)
run(bun, file, args)
