// mini.h5JsGzip: script that a browser reads before the page of a scanned code is taken over from the plain one, packed as
// the gateway sends it. The plain page needs none of it.
//
// Floor: React 18 with its DOM (45 KB) and Taro's router and runtime (40 KB); the rest is ours.
import { buildMiniprogram } from "../scripts/miniprogram/build-miniprogram"
import { firstRouteScriptBytes } from "../scripts/miniprogram/measure-build"
import type { Figure } from "./figure"
import { rounded } from "./measure/percentile"

const KILOBYTE = 1000

export const miniH5JsGzip: Figure = {
  name: "mini.h5JsGzip",
  required: { atMost: 170 },
  measure: async (run) => {
    const bytes = firstRouteScriptBytes(await buildMiniprogram("h5", run.say))
    return [{ name: "mini.h5JsGzip", value: rounded(bytes / KILOBYTE, 1), unit: "KB", n: 1 }]
  },
}
