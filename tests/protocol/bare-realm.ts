/**
 * A realm with the language of 2020 and nothing else: no TextEncoder, Buffer, WebCrypto, timers, console. The logic
 * layer of a mini-program on an old phone (Chrome 86, iOS 14) is close to it. Sources are bundled as they would be
 * there, and run by `node:vm`.
 */
import { fileURLToPath } from "node:url"
import vm from "node:vm"
import { olderPhone } from "../support/older-phone"

const PROTOCOL_SOURCES = fileURLToPath(new URL("../../protocol/src/", import.meta.url))

export interface RealmCheck {
  /** Names the test. */
  readonly name: string
  /** Files of `protocol/src`, without `.ts`; the program finds each in `modules` under its path. */
  readonly modules: readonly string[]
  /** Handed over as JSON, so that no object of the outer realm leaks in. */
  readonly vectors: unknown
  /**
   * Body of a function `(modules, vectors, fromHex, toHex)` that returns how many checks passed and throws at the
   * first that does not. Plain JavaScript: it is not bundled.
   */
  readonly program: string
}

/** ECMAScript 2020, as far as Chrome 86 and iOS 14 have it. Everything else is deleted before the bundle loads. */
const GLOBALS_KEPT = [
  ...["undefined", "NaN", "Infinity", "isNaN", "isFinite", "parseInt", "parseFloat", "globalThis", "eval"],
  ...["escape", "unescape", "decodeURI", "decodeURIComponent", "encodeURI", "encodeURIComponent", "JSON", "Math"],
  ...["Reflect", "Proxy", "Object", "Function", "Boolean", "Symbol", "Number", "BigInt", "String", "RegExp", "Date"],
  ...["Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError", "Array", "Map"],
  ...["Set", "WeakMap", "WeakSet", "Promise", "ArrayBuffer", "DataView", "Int8Array", "Int16Array", "Int32Array"],
  ...["Uint8Array", "Uint8ClampedArray", "Uint16Array", "Uint32Array", "Float32Array", "Float64Array"],
  ...["BigInt64Array", "BigUint64Array"],
]

/** noble calls `Object.hasOwn`, so a mini-program for older phones brings it along. */
const brought = ["Object.hasOwn"]

const STRIP = `(() => {
  const kept = new Set(${JSON.stringify(GLOBALS_KEPT)})
  for (const name of Object.getOwnPropertyNames(globalThis)) if (!kept.has(name)) delete globalThis[name]
  ${olderPhone({ except: brought })}
})()`

/** Runs one check in a fresh realm. @returns what its program returned */
export async function runInBareRealm(check: RealmCheck): Promise<unknown> {
  const context = vm.createContext(Object.create(null))
  let result: unknown
  for (const script of await realmScripts(check)) result = vm.runInContext(script, context)
  return result
}

/** The scripts to run one after another in a new realm; the last one's value is what the program returned. */
export async function realmScripts({ modules, vectors, program }: RealmCheck): Promise<string[]> {
  const bundle = await bundleOf([...new Set([...modules, "codec/bytes"])])
  const source = `(() => {
    const modules = globalThis.protocol
    const { fromHex, toHex } = modules["codec/bytes"]
    const vectors = JSON.parse(${JSON.stringify(JSON.stringify(vectors))})
    return ((modules, vectors, fromHex, toHex) => { ${program} })(modules, vectors, fromHex, toHex)
  })()`
  return [STRIP, bundle, source]
}

async function bundleOf(modules: readonly string[]): Promise<string> {
  const entry = `${PROTOCOL_SOURCES}bare-realm-entry.ts`
  const imports = modules.map((module, i) => `import * as m${i} from ${JSON.stringify(PROTOCOL_SOURCES + module)}`)
  const names = modules.map((module, i) => `${JSON.stringify(module)}: m${i}`)
  const source = `${imports.join("\n")}\nglobalThis.protocol = { ${names.join(", ")} }\n`
  const built = await Bun.build({ entrypoints: [entry], files: { [entry]: source }, target: "browser", format: "iife" })
  const [output] = built.outputs
  if (!built.success || output === undefined) throw new AggregateError(built.logs, "protocol does not bundle")
  return output.text()
}
