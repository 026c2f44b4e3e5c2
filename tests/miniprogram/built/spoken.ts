// What a screen reader finds on a page: the program's data under the names that the built template reads it by. WeChat's
// simulator drops these attributes, and Alipay has none.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { PhoneTarget } from "./phone"

type Node = Readonly<Record<string, unknown>> & { readonly nn?: string; readonly cn?: readonly Node[] }
/** By name, without `aria-`. */
export type Spoken = Readonly<Record<string, string>>

/** Of every element of a page that has any, in its order. */
export function spokenIn(folder: string, target: PhoneTarget, root: object): Spoken[] {
  const template = readFileSync(join(folder, target === "weapp" ? "base.wxml" : "base.axml"), "utf8")
  const keys = new Map<string, (readonly [string, string])[]>()
  for (const [, name = "", element = ""] of template.matchAll(/<template name="tmpl_0_(\w+)">\s*<\w[\w-]*([^>]*)>/g)) {
    keys.set(
      name,
      [...element.matchAll(/aria-(\w+)="{{i\.(\w+)}}"/g)].map(([, attribute = "", key = ""]) => [attribute, key]),
    )
  }
  const spoken = (node: Node): Spoken[] => {
    const said = (keys.get(`${node.nn}_blur`) ?? keys.get(`${node.nn}`) ?? []).flatMap(([attribute, key]) =>
      typeof node[key] === "string" ? [[attribute, node[key]] as const] : [],
    )
    return [...(said.length === 0 ? [] : [Object.fromEntries(said)]), ...(node.cn ?? []).flatMap(spoken)]
  }
  return spoken(root as Node)
}
