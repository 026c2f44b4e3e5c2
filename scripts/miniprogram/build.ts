// Builds the buyer's pages for one platform and says where they are.
// usage: bun scripts/miniprogram/build.ts weapp|alipay|h5; MINIPROGRAM_GATEWAY names the gateway that is built in.
import { buildMiniprogram, targets } from "./build-miniprogram"

const target = targets.find((each) => each === process.argv[2])
if (target === undefined) throw new Error(`usage: bun scripts/miniprogram/build.ts ${targets.join("|")}`)
const folder = await buildMiniprogram(target, (sentence) => process.stderr.write(`${sentence}\n`))
process.stdout.write(`${folder}\n`)
