// What WeChat draws of a page: the built templates, compiled by WeChat's own compiler and rendered by its simulator of
// components, from the data that the running program has set. Alipay has no such simulator.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"

const require = createRequire(import.meta.url)
type Tapped = {
  readonly type: string
  readonly target: object
  readonly currentTarget: object
  readonly detail: object
}
type Rendered = {
  readonly attach: (parent: unknown) => void
  readonly setData: (data: object) => void
  readonly querySelector: (selector: string) => { readonly dispatchEvent: (name: string) => void } | undefined
}
type Simulator = {
  readonly load: (path: string, tag: string, options: { compiler: "official"; rootPath: string }) => string
  readonly render: (id: string) => Rendered
}
type Parent = { readonly textContent: string | null }
const globals = globalThis as unknown as Record<string, unknown>

export type Wxml = ReturnType<typeof openWxml>

/** @param heard what a finger on an element tells the program */
export function openWxml(folder: string, route: string, heard: (event: Tapped) => void) {
  const document = openDocument()
  const copy = mkdtempSync(join(tmpdir(), "wxml-"))
  cpSync(folder, copy, { recursive: true })
  globals.heardFromWxml = heard
  const methods = "methods: { eh(event) { heardFromWxml(event) } }"
  // The page is a component here; Taro's own `comp` carries on where its templates end.
  writeFileSync(join(copy, `${route}.js`), `Component({ data: { root: { cn: [] } }, ${methods} })`)
  writeFileSync(join(copy, "comp.js"), `Component({ properties: { i: Object, l: String }, ${methods} })`)
  const settings = JSON.parse(readFileSync(join(copy, `${route}.json`), "utf8"))
  writeFileSync(join(copy, `${route}.json`), JSON.stringify({ ...settings, component: true }))
  const simulator = require("miniprogram-simulate") as Simulator
  const page = simulator.render(simulator.load(join(copy, route), "page", { compiler: "official", rootPath: copy }))
  rmSync(copy, { recursive: true })
  const parent = document.createElement("div")
  page.attach(parent)
  return {
    show: (root: object) => page.setData({ root }),
    text: () => parent.textContent ?? "",
    has: (id: string) => page.querySelector(`#${id}`) !== undefined,
    tap: (id: string) => page.querySelector(`#${id}`)?.dispatchEvent("tap"),
  }
}

/** The simulator draws into a document that stands in its realm. */
function openDocument(): { createElement(name: string): Parent } {
  const { JSDOM } = require("jsdom") as { JSDOM: new (html: string) => { window: Record<string, unknown> } }
  const { window } = new JSDOM("<!doctype html>")
  for (const name of ["document", "Event", "CustomEvent", "Node", "HTMLElement", "Element"])
    globals[name] = window[name]
  globals.window = window
  return window.document as ReturnType<typeof openDocument>
}
