// What a phone has to load of the built pages.
import { readdirSync, readFileSync, statSync } from "node:fs"
import { basename, join } from "node:path"
import { gzipSync } from "node:zlib"

/** Bytes of a mini-program's main package as the platforms count them: every file that is uploaded. */
export function packageBytes(folder: string): number {
  return sum(filesOf(folder).map((path) => statSync(path).size))
}

/** Bytes of script, compressed, before what a scanned code opens can be shown in a browser. */
export function firstRouteScriptBytes(folder: string): number {
  const index = readFileSync(join(folder, "index.html"), "utf8")
  const scripts = scriptsOf(folder)
  const first = scripts.filter((path) => index.includes(basename(path)))
  const main = first.map((path) => readFileSync(path, "utf8")).join("\n")
  // As the builder writes a page's entry: `"path":"pages/pay/index","load":function(a,o){return[u.e(541).then(…)`.
  const [, load] = /"path":"pages\/pay\/index","load":function\([^)]*\)\{return\[(.*?)\.then\(/.exec(main) ?? []
  const chunks = [...(load ?? "").matchAll(/\be\((\d+)\)/g)].map(([, name]) => name)
  if (chunks.length === 0) throw new Error("the pay page's scripts are not found in what the builder wrote")
  const later = scripts.filter((path) => chunks.includes(basename(path).split(".")[0]))
  return sum([...first, ...later].map((path) => gzipSync(readFileSync(path)).length))
}

export function scriptsOf(folder: string): string[] {
  return filesOf(folder).filter((path) => path.endsWith(".js"))
}

function sum(bytes: readonly number[]): number {
  return bytes.reduce((total, each) => total + each, 0)
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith(".") && !entry.name.endsWith(".LICENSE.txt"))
    .map((entry) => join(entry.parentPath, entry.name))
}
