// A phone's host for the compiled programs: the few globals that WeChat and Alipay give, in a realm that has the language
// alone, as the oldest phones have it. What a program asks of the platform is answered by `api`.
import { readFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import vm from "node:vm"
import { olderPhone } from "../../support/older-phone"

type Node = {
  readonly sid?: string
  readonly uid?: string
  readonly v?: string
  readonly cl?: string
  readonly cn?: readonly Node[]
}
/** What the platform's own sheet sends. */
type Message = {
  readonly title?: string
  readonly path?: string
  readonly query?: string
  readonly imageUrl?: string
  /** As Alipay calls it. */
  readonly bgImgUrl?: string
  readonly promise?: Promise<Message>
}
type Instance = {
  readonly route: string
  readonly data: { root?: Node }
  readonly eh: (event: object) => void
  readonly onLoad?: (query: object) => void
  readonly onShow?: () => void
  readonly onReady?: () => void
  readonly onUnload?: () => void
  readonly onHide?: () => void
  readonly onShareAppMessage?: (from: object) => Message | undefined | Promise<Message | undefined>
  readonly onShareTimeline?: () => Message | undefined
}
type Definition = { readonly data?: object }
type AppDefinition = { readonly onLaunch?: (options: object) => void; readonly onShow?: (options: object) => void }
/** As the platforms call back; without callbacks they give a promise. */
export type Call<T = object> = T & {
  readonly success?: (answer: object) => void
  readonly fail?: (error: object) => void
}
export type HostApi = Readonly<Record<string, (options: never) => unknown>>

/** A page's own pauses are for people: here they pass ten times as fast. */
const HASTE = 10
const WAIT_MS_MAX = 15_000

/** Names that WeChat's own wrapper hides from a module. */
const HIDDEN = ["window", "document", "self", "location", "navigator", "localStorage", "XMLHttpRequest", "WebSocket"]

export type MiniHost = ReturnType<typeof openMiniHost>

/**
 * @param aheadMs how far the market's clock was moved on: the phone's goes with it
 * @param haste how many times as fast pauses pass
 */
export function openMiniHost(
  folder: string,
  platform: "weapp" | "alipay",
  api: HostApi,
  aheadMs: () => number = () => 0,
  haste = HASTE,
) {
  const pages: Instance[] = []
  const definitions = new Map<string, Definition>()
  const modules = new Map<string, { exports: object }>()
  const kept = new Map<string, unknown>()
  const troubles: string[] = []
  let bar = ""
  let app: AppDefinition = {}
  let defined: Definition | undefined

  const storageKey = (key: string | { key: string }) => (typeof key === "string" ? key : key.key)
  const stored = (key: string | { key: string }) => {
    const value = kept.get(storageKey(key)) ?? (platform === "alipay" ? null : "")
    return typeof key === "string" ? value : { data: value }
  }
  const keep = (key: string | { key: string; data: unknown }, value?: unknown) =>
    void kept.set(storageKey(key), typeof key === "string" ? value : key.data)
  const nameBar = ({ title, success }: Call<{ readonly title?: string }>) => {
    bar = title ?? bar
    success?.({})
  }
  const query = { select: () => query, selectAll: () => query, in: () => query, fields: () => query, exec: () => {} }
  const system = { platform: "devtools", windowWidth: 390, windowHeight: 844, pixelRatio: 2, language: "zh_CN" }
  const base = {
    ...{ getSystemInfoSync: () => system, getWindowInfo: () => system, getAppBaseInfo: () => system },
    ...{ getDeviceInfo: () => system, canIUse: () => true, nextTick: (work: () => void) => setTimeout(work, 0) },
    env: { USER_DATA_PATH: "wxfile://usr" },
    ...{ getLaunchOptionsSync: () => ({ path: "", query: {} }), createSelectorQuery: () => query },
    ...{ getStorageSync: stored, setStorageSync: keep },
    removeStorageSync: (key: string | { key: string }) => void kept.delete(storageKey(key)),
    // WeChat's name of it, and Alipay's.
    ...{ setNavigationBarTitle: promising(nameBar), setNavigationBar: promising(nameBar) },
    reLaunch(options: Call<{ url: string }>) {
      close()
      void open(options.url).then(() => options.success?.({}))
    },
    pageScrollTo: ({ success }: Call<object>) => success?.({}),
    navigateTo: (options: Call<{ url: string }>) => void open(options.url).then(() => options.success?.({})),
    redirectTo(options: Call<{ url: string }>) {
      pages.pop()?.onUnload?.()
      void open(options.url).then(() => options.success?.({}))
    },
  }
  const host = {
    ...base,
    ...Object.fromEntries(
      Object.entries(api).map(([name, call]) => [name, /^create|^getFile|Sync$/.test(name) ? call : promising(call)]),
    ),
  }
  const say = (...words: unknown[]) => void troubles.push(words.map(String).join(" "))
  const realm = vm.createContext({
    setTimeout: (work: () => void, ms = 0) => setTimeout(work, ms / haste),
    ...{ clearTimeout, setInterval, clearInterval },
    console: { log() {}, info() {}, debug() {}, warn() {}, error: say },
    App(definition: AppDefinition) {
      app = definition
    },
    Page(definition: Definition) {
      defined = definition
    },
    ...{ Component: () => {}, Behavior: (behaviour: object) => behaviour },
    ...{ getApp: () => app, getCurrentPages: () => pages },
    ...(platform === "weapp" ? { wx: host } : { my: host, navigator: { userAgent: "AlipayMini" } }),
  })

  vm.runInContext(olderPhone(), realm)
  const realDate = vm.runInContext("Date", realm) as { now: () => number }
  const realNow = realDate.now
  realDate.now = () => realNow() + aheadMs()

  function load(path: string): object {
    const file = path.endsWith(".js") ? path : `${path}.js`
    const known = modules.get(file)
    if (known !== undefined) return known.exports
    const module = { exports: {} }
    modules.set(file, module)
    const names = ["require", "module", "exports", ...(platform === "weapp" ? HIDDEN : [])]
    const source = `(function (${names.join(", ")}) {${readFileSync(file, "utf8")}\n})`
    const run = vm.runInContext(source, realm, { filename: file }) as (...given: unknown[]) => void
    run((name: string) => load(resolve(dirname(file), name)), module, module.exports)
    return module.exports
  }

  async function open(url: string): Promise<void> {
    const [route = "", search = ""] = url.replace(/^\//, "").split("?")
    if (!definitions.has(route)) {
      load(join(folder, route))
      if (defined === undefined) throw new Error(`${route} is no page`)
      definitions.set(route, defined)
    }
    const definition = definitions.get(route) as Definition
    const page = Object.assign(Object.create(definition), {
      ...{ route, __route__: route, $page: {}, data: structuredClone(definition.data ?? {}) },
      ...{ selectComponent: () => null, createSelectorQuery: () => query },
      setData(changes: Readonly<Record<string, unknown>>, done?: () => void) {
        for (const [path, value] of Object.entries(changes)) put(page.data, path, JSON.parse(JSON.stringify(value)))
        setTimeout(() => done?.call(page), 0)
      },
    }) as Instance
    pages.push(page)
    page.onLoad?.(Object.fromEntries(new URLSearchParams(search)))
    page.onShow?.()
    page.onReady?.()
  }

  /** Leaves every page, the newest first. */
  function close(): void {
    for (const page of pages.splice(0).reverse()) page.onUnload?.()
  }

  /** What WeChat sends where `promise` takes too long. */
  const offered = async (): Promise<Message> => (await pages.at(-1)?.onShareAppMessage?.({ from: "menu" })) ?? {}

  async function message(): Promise<Message> {
    const made = await offered()
    return (await made.promise) ?? made
  }

  /** Writes into the element that a finger would find. */
  function write(node: Node | undefined, value: string, called: string): void {
    const page = pages.at(-1)
    if (page === undefined || node === undefined) throw new Error(`no ${called} in: ${shown()}`)
    const target = { id: node.sid, dataset: { sid: node.sid } }
    page.eh({ type: "input", target, currentTarget: target, detail: { value }, timeStamp: Date.now() })
  }

  const shown = () => textsOf(pages.at(-1)?.data.root).join(" ").replaceAll(/\s+/g, " ")
  return {
    troubles,
    kept,
    open,
    shown,
    /** What the page that is open has set for its template. */
    root: () => pages.at(-1)?.data.root ?? {},
    route: () => pages.at(-1)?.route ?? "",
    /** Until the platform's bar above the page says this, as the program last named it. */
    async untilBar(name: string) {
      const endMs = Date.now() + WAIT_MS_MAX
      while (bar !== name) {
        if (Date.now() > endMs) throw new Error(`the bar says "${bar}", not "${name}"`)
        await new Promise((done) => setTimeout(done, 10))
      }
    },
    /** One page back, as by the arrow in the bar. */
    back() {
      pages.pop()?.onUnload?.()
      pages.at(-1)?.onShow?.()
    },
    /** What the template of the page that is open tells it. */
    hear: (event: object) => pages.at(-1)?.eh(event),
    launch(options: object) {
      load(join(folder, "app"))
      app.onLaunch?.(options)
      app.onShow?.(options)
    },
    /** The page that is open was left for another program, and is there again; what it asks has been answered. */
    async comeBack() {
      const page = pages.at(-1)
      page?.onHide?.()
      await new Promise((done) => setTimeout(done, 0))
      page?.onShow?.()
      await new Promise((done) => setTimeout(done, 0))
    },
    /** The program in the background is opened by another code. */
    enter: (options: object) => app.onShow?.(options),
    async until(words: string) {
      const endMs = Date.now() + WAIT_MS_MAX
      while (!shown().includes(words)) {
        if (Date.now() > endMs) throw new Error(`no "${words}" in: ${shown()} ${troubles.join("; ")}`)
        await new Promise((done) => setTimeout(done, 10))
      }
    },
    has: (id: string) => find(pages.at(-1)?.data.root, id) !== undefined,
    tap(id: string) {
      const page = pages.at(-1)
      const node = find(page?.data.root, id)
      if (page === undefined || node === undefined) throw new Error(`no #${id} in: ${shown()}`)
      const target = { id: node.sid, dataset: { sid: node.sid } }
      page.eh({ type: "tap", target, currentTarget: target, detail: {}, timeStamp: Date.now() })
    },
    message,
    offered,
    /** Where the message leads that the platform's own sheet would send, once the page has made it. */
    async shared(): Promise<string> {
      const endMs = Date.now() + WAIT_MS_MAX
      for (;;) {
        const { path = "" } = await message()
        if (path.includes("share=")) return path
        if (Date.now() > endMs) throw new Error(`nothing to share: "${path}" in: ${shown()} ${troubles.join("; ")}`)
        await new Promise((done) => setTimeout(done, 10))
      }
    },
    /** What WeChat puts on the timeline; nothing where the page has nothing for it. */
    timeline: () => pages.at(-1)?.onShareTimeline?.(),
    /** Every class name on the page that is open. */
    classes: () => classesOf(pages.at(-1)?.data.root),
    /** The first element whose id is like this; ids of what the gateway made are not known before. */
    idOf: (pattern: RegExp) => idsOf(pages.at(-1)?.data.root).find((id) => pattern.test(id)) ?? "none",
    type: (id: string, value: string) => write(find(pages.at(-1)?.data.root, id), value, `#${id}`),
    /** The first element of a class: search fields have no id. */
    typeInto: (name: string, value: string) => write(findClass(pages.at(-1)?.data.root, name), value, `.${name}`),
    /** What the page has set of the first element of a class, under the names that its template reads. */
    elementOf: (name: string): object => findClass(pages.at(-1)?.data.root, name) ?? {},
    /** A picture of that class did not come. */
    miss(name: string) {
      const page = pages.at(-1)
      const node = findClass(page?.data.root, name)
      if (page === undefined || node === undefined) throw new Error(`no .${name} in: ${shown()}`)
      const target = { id: node.sid, dataset: { sid: node.sid } }
      page.eh({ type: "error", target, currentTarget: target, detail: {}, timeStamp: Date.now() })
    },
    close,
  }
}

function promising(call: (options: never) => unknown) {
  return (options: Call) =>
    options.success !== undefined || options.fail !== undefined
      ? call(options as never)
      : new Promise((success, fail) => call({ ...options, success, fail } as never))
}

/** `root.cn.[0].v` or `a[0].b`. */
function put(root: object, path: string, value: unknown): void {
  const keys = path
    .replace(/\[(\d+)\]/g, ".$1")
    .split(".")
    .filter(Boolean)
  const last = keys.pop() as string
  let at = root as Record<string, unknown>
  for (const [index, key] of keys.entries()) {
    at[key] ??= /^\d+$/.test(keys[index + 1] ?? last) ? [] : {}
    at = at[key] as Record<string, unknown>
  }
  at[last] = value
}

function findNode(node: Node | undefined, isIt: (node: Node) => boolean): Node | undefined {
  if (node === undefined || isIt(node)) return node
  for (const child of node.cn ?? []) {
    const found = findNode(child, isIt)
    if (found !== undefined) return found
  }
  return undefined
}

const find = (root: Node | undefined, id: string) => findNode(root, ({ uid }) => uid === id)
const findClass = (root: Node | undefined, name: string) =>
  findNode(root, ({ cl }) => cl?.split(" ").includes(name) ?? false)

function textsOf(node: Node | undefined): string[] {
  if (node === undefined) return []
  return [...(typeof node.v === "string" ? [node.v] : []), ...(node.cn ?? []).flatMap(textsOf)]
}

function idsOf(node: Node | undefined): string[] {
  if (node === undefined) return []
  return [...(node.uid === undefined ? [] : [node.uid]), ...(node.cn ?? []).flatMap(idsOf)]
}

function classesOf(node: Node | undefined): string[] {
  if (node === undefined) return []
  return [...(node.cl?.split(" ") ?? []), ...(node.cn ?? []).flatMap(classesOf)]
}
