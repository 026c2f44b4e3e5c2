// What a phone has to load of the built pages.
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"

/** Bytes of a mini-program's main package as the platforms count them: every file that is uploaded. */
export function packageBytes(folder: string): number {
  return filesOf(folder)
    .map((path) => statSync(path).size)
    .reduce((sum, bytes) => sum + bytes, 0)
}

/** Bytes of script, compressed, before the first page of the browser's build can be shown. */
export function firstRouteScriptBytes(folder: string): number {
  const page = readFileSync(join(folder, "index.html"), "utf8")
  const scripts = [...page.matchAll(/src="\/m\/([^"]+\.js)"/g)].map(([, name = ""]) => name)
  const firstPage = filesOf(join(folder, "js")).filter((path) => /\/pages-pay\.[^/]+\.js$/.test(path))
  return [...scripts.map((name) => join(folder, name)), ...firstPage]
    .map((path) => gzipSync(readFileSync(path)).length)
    .reduce((sum, bytes) => sum + bytes, 0)
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith(".") && !entry.name.endsWith(".LICENSE.txt"))
    .map((entry) => join(entry.parentPath, entry.name))
}
