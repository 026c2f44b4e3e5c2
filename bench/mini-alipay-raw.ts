// mini.alipayRaw: bytes of the main package that is uploaded to Alipay, nothing packed: what a phone fetches before the first
// page, once a version.
//
// Floor: Taro's templates and runtime with React, about 300 KB; curves and hashes are 80 KB, the pages the rest.
import { buildMiniprogram } from "../scripts/miniprogram/build-miniprogram"
import { packageBytes } from "../scripts/miniprogram/measure-build"
import type { Figure } from "./figure"
import { rounded } from "./measure/percentile"

const KILOBYTE = 1000

export const miniAlipayRaw: Figure = {
  name: "mini.alipayRaw",
  required: { atMost: 700 },
  measure: async (run) => {
    const bytes = packageBytes(await buildMiniprogram("alipay", run.say))
    return [{ name: "mini.alipayRaw", value: rounded(bytes / KILOBYTE, 1), unit: "KB", n: 1 }]
  },
}
