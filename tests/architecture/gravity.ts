// The rules of who may import whom, and what breaks them. Levels as in docs/architecture.md: imports only go down.
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, posix } from "node:path"

export type SourceFile = { readonly path: string; readonly imports: readonly string[] }

/** A part of the repository, found by the longest prefix that a path begins with. */
type Part = {
  readonly prefix: string
  readonly name: string
  readonly level: number
  /** Names of other parts that it may import; packages from outside are free unless `packages` says which. */
  readonly mayImport: readonly string[]
  readonly packages?: RegExp
}

const floor = ["protocol", "look"]
const stored = ["drizzle", "contracts", "sealing"]
const domain = [...floor, ...stored, "api domain"]

const parts: readonly Part[] = [
  { prefix: "protocol/", name: "protocol", level: 0, mayImport: [], packages: /^@noble\// },
  { prefix: "look/", name: "look", level: 0, mayImport: [], packages: /^$/ },
  { prefix: "drizzle/", name: "drizzle", level: 1, mayImport: floor },
  { prefix: "contracts/", name: "contracts", level: 1, mayImport: floor },
  { prefix: "sealing/", name: "sealing", level: 1, mayImport: floor },
  { prefix: "client/", name: "client", level: 1, mayImport: floor },
  { prefix: "api/src/", name: "api domain", level: 2, mayImport: domain },
  { prefix: "api/src/adapters/", name: "api adapters", level: 3, mayImport: domain },
  { prefix: "api/src/http/", name: "api http", level: 4, mayImport: domain },
  { prefix: "api/src/mqtt/", name: "api mqtt", level: 4, mayImport: domain },
  { prefix: "api/src/jobs/", name: "api jobs", level: 4, mayImport: domain },
  {
    prefix: "api/src/main.ts",
    name: "api main",
    level: 4,
    mayImport: [...domain, "api adapters", "api http", "api mqtt", "api jobs"],
  },
  { prefix: "ledger-node/", name: "ledger-node", level: 4, mayImport: [...floor, "client", "sealing", "contracts"] },
  { prefix: "terminal-kiosk/", name: "terminal-kiosk", level: 4, mayImport: [...floor, "client"] },
  { prefix: "miniprogram/", name: "miniprogram", level: 4, mayImport: [...floor, "client"] },
  { prefix: "console/", name: "console", level: 4, mayImport: [...floor, "client"] },
  { prefix: "sandbox/", name: "sandbox", level: 4, mayImport: floor },
]

/** Tools look at everything, and nothing that is delivered looks at them. */
const tools = ["tests/", "scripts/", "bench/", "contracts/test/", "contracts/scripts/"]

const forbiddenWords = new Set(["utils", "util", "helpers", "helper", "common", "manager", "misc"])

function partOf(path: string): Part | undefined {
  return parts.filter(({ prefix }) => path.startsWith(prefix)).sort((a, b) => b.prefix.length - a.prefix.length)[0]
}

function isTool(path: string): boolean {
  return tools.some((prefix) => path.startsWith(prefix))
}

/** One sentence for each import that goes up or sideways where it must not. */
export function brokenImports(files: readonly SourceFile[], workspaces: ReadonlyMap<string, string>): string[] {
  return files.flatMap(({ path, imports }) => {
    const importer = partOf(path)
    if (isTool(path) || importer === undefined) return []
    return imports.flatMap((specifier) => {
      const fault = faultOf(path, importer, specifier, workspaces)
      return fault === undefined ? [] : [`${path} imports ${specifier}: ${fault}`]
    })
  })
}

function faultOf(
  path: string,
  importer: Part,
  specifier: string,
  workspaces: ReadonlyMap<string, string>,
): string | undefined {
  const target = targetOf(path, specifier, workspaces)
  if (target === undefined) {
    const isFree = importer.packages === undefined || importer.packages.test(specifier)
    return isFree ? undefined : `${importer.name} takes no packages but ${importer.packages?.source}`
  }
  if (isTool(target)) return `${target} is a tool, and no part of what is delivered`
  const imported = partOf(target)
  if (imported === undefined) return `${target} belongs to no part of the repository`
  if (imported.name === importer.name || importer.mayImport.includes(imported.name)) return undefined
  return imported.level > importer.level
    ? `level ${importer.level} (${importer.name}) may not import level ${imported.level} (${imported.name})`
    : `${importer.name} may not import ${imported.name}`
}

/** Path in the repository, undefined for a package from outside. `workspaces`: name → folder that "./*" exports. */
function targetOf(path: string, specifier: string, workspaces: ReadonlyMap<string, string>): string | undefined {
  if (specifier.startsWith(".")) return posix.join(posix.dirname(path), specifier)
  const [scope, name, ...rest] = specifier.split("/")
  const folder = workspaces.get(`${scope}/${name}`)
  return folder === undefined ? undefined : posix.join(folder, ...rest)
}

/** Each cycle once, as the files that it runs through. */
export function importCycles(files: readonly SourceFile[], workspaces: ReadonlyMap<string, string>): string[] {
  const known = new Set(files.map(({ path }) => path))
  const edges = new Map(
    files.map(({ path, imports }) => [
      path,
      imports.flatMap((specifier) => {
        const target = targetOf(path, specifier, workspaces)
        return [target, `${target}.ts`, `${target}.tsx`].filter((each): each is string => known.has(each ?? ""))
      }),
    ]),
  )
  const cycles: string[] = []
  const done = new Set<string>()
  function visit(path: string, trail: readonly string[]): void {
    const start = trail.indexOf(path)
    if (start !== -1) cycles.push([...trail.slice(start), path].join(" → "))
    if (start !== -1 || done.has(path)) return
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const { path } of files) visit(path, [])
  return cycles
}

/** Folders and files whose name says nothing about what is in them. */
export function emptyNames(paths: readonly string[]): string[] {
  return paths.filter((path) =>
    path.split("/").some((name) => name.split(/[-_.]/).some((word) => forbiddenWords.has(word))),
  )
}

/** All TypeScript in the folders of `root`, by path. */
export function readSources(root: string): SourceFile[] {
  const top = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory() && isOurs(entry.name))
  return top.flatMap(({ name }) => readFolder(root, name)).sort((one, other) => (one.path < other.path ? -1 : 1))
}

function isOurs(folder: string): boolean {
  return !folder.startsWith(".") && !/^(node_modules|artifacts|cache|types|coverage|dist)$/.test(folder)
}

function readFolder(root: string, folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return isOurs(entry.name) ? readFolder(root, path) : []
    return /\.(ts|tsx|mts|mjs)$/.test(entry.name)
      ? [{ path, imports: importsOf(readFileSync(join(root, path), "utf8")) }]
      : []
  })
}

/** Everything that is imported, types too: they tie parts together as well. */
export function importsOf(source: string): string[] {
  const code = withoutComments(source)
  const patterns = [
    /\b(?:import|export)\b[^"'`;()]*?\bfrom\s*["']([^"']+)["']/g,
    /\bimport\s*["']([^"']+)["']/g,
    /\bimport\s*\(\s*["'`]([^"'`]+)["'`]/g,
    /\brequire\s*\(\s*["']([^"']+)["']/g,
  ]
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map(([, specifier = ""]) => specifier))
}

/** Strings are matched as a whole, so that a `//` inside one does not begin a comment. */
function withoutComments(source: string): string {
  return source.replace(
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    (_match, text?: string) => text ?? " ",
  )
}

/** Package name → the folder whose files "./*" exports, from the manifests of the workspaces that exist. */
export function readWorkspaces(root: string): Map<string, string> {
  const { workspaces } = readManifest(root) as { workspaces: string[] }
  return new Map(
    workspaces.map((folder) => {
      const { name, exports } = readManifest(join(root, folder)) as { name: string; exports: { "./*": string } }
      return [name, posix.join(folder, dirname(exports["./*"]))]
    }),
  )
}

function readManifest(folder: string): unknown {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
}
