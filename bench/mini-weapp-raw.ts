// mini.weappRaw: bytes of the main package that is uploaded to WeChat, nothing packed: what a phone fetches before the first
// page, once a version.
//
// Floor: Taro's templates and runtime with React, about 300 KB; curves and hashes are 80 KB, the pages the rest.
import { buildMiniprogram } from "../scripts/miniprogram/build-miniprogram"
import { packageBytes } from "../scripts/miniprogram/measure-build"
import type { Figure } from "./figure"
import { rounded } from "./measure/percentile"

const KILOBYTE = 1000

export const miniWeappRaw: Figure = {
  name: "mini.weappRaw",
  required: { atMost: 700 },
  measure: async (run) => {
    const bytes = packageBytes(await buildMiniprogram("weapp", run.say))
    return [{ name: "mini.weappRaw", value: rounded(bytes / KILOBYTE, 1), unit: "KB", n: 1 }]
  },
}
