// One code base for WeChat, Alipay and the gateway's own pages (H5). scripts/miniprogram/build-miniprogram.ts runs it
// and asserts what came out: a rejected configuration ends with exit code 0 and builds nothing.
import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { parseBuiltInLedger } from "../core/built-in-ledger"

const repository = resolve(import.meta.dirname, "../..")
/** Sources of other workspaces are TypeScript: they are compiled with ours. */
const compiledWithOurs = ["miniprogram", "protocol", "look", "client"].map((name) => resolve(repository, name))
const isCompiled = (path: string): boolean =>
  /[\\/]node_modules[\\/]/.test(path)
    ? /[\\/]@noble[\\/]/.test(path)
    : compiledWithOurs.some((folder) => path.startsWith(folder))

const ROUTER_STYLES = /@tarojs[\\/]router[\\/]dist[\\/]style\.js$/
/** Styles of elements that we do not use, which would be put into the page inline as well. */
const UNUSED_STYLES = ["components/global.css", "components/dist/taro-components/taro-components.css"]
/** What is used here of webpack-chain. */
type WebpackChain = {
  readonly resolve: { readonly alias: { set(name: string, path: string): unknown } }
  readonly module: {
    rule(name: string): { test(path: RegExp): { use(name: string): { loader(path: string): unknown } } }
  }
}

/** MINIPROGRAM_LEDGER names a file with network, chain, contract and the members to ask; without it none is trusted. */
function builtInLedger(): string {
  const path = process.env.MINIPROGRAM_LEDGER
  return path === undefined || path === ""
    ? "undefined"
    : JSON.stringify(parseBuiltInLedger(readFileSync(path, "utf8")))
}

const outputRoot = process.env.MINIPROGRAM_OUT ?? "dist/unnamed"
/** What a platform's own sheet sends where nothing is drawn; a browser's pages have the gateway's. */
const pictures =
  process.env.TARO_ENV === "h5" ? [] : [{ from: ".tokens/shared.png", to: `${outputRoot}/pictures/shared.png` }]

const sameSizes = { pxtransform: { enable: false, config: {} } }

export default {
  projectName: "suyuan",
  date: "2026-1-1",
  designWidth: 375,
  deviceRatio: { 375: 2, 640: 1.17, 750: 1, 828: 0.905 },
  sourceRoot: "src",
  outputRoot,
  framework: "react",
  alias: { "tokens.css": resolve(import.meta.dirname, `../.tokens/${process.env.TARO_ENV}.css`) },
  compiler: { type: "webpack5", prebundle: { enable: false } },
  cache: { enable: false },
  plugins: [resolve(import.meta.dirname, "screen-reader.ts")],
  copy: { patterns: pictures, options: {} },
  defineConstants: {
    LEDGER_TRUST: builtInLedger(),
    GATEWAY_ORIGIN: JSON.stringify(process.env.MINIPROGRAM_GATEWAY ?? "http://127.0.0.1:8080"),
  },
  mini: { postcss: sameSizes, compile: { include: [isCompiled] } },
  h5: {
    publicPath: "/m/",
    // The gateway's addresses (/p/…, /t/…) stay as they are; pages are told apart behind the hash.
    router: { mode: "hash" },
    postcss: { ...sameSizes, autoprefixer: { enable: false, config: {} } },
    compile: { include: [isCompiled] },
    webpackChain(chain: WebpackChain) {
      for (const path of UNUSED_STYLES) {
        chain.resolve.alias.set(`@tarojs/${path}$`, resolve(repository, "miniprogram/src/styles/none.css"))
      }
      chain.module
        .rule("router-styles")
        .test(ROUTER_STYLES)
        .use("leave-out")
        .loader(resolve(import.meta.dirname, "leave-styles-out.cjs"))
    },
    output: { filename: "js/[name].[contenthash:8].js", chunkFilename: "js/[name].[contenthash:8].js" },
    miniCssExtractPluginOption: {
      ignoreOrder: true,
      filename: "css/[name].[contenthash:8].css",
      chunkFilename: "css/[name].[contenthash:8].css",
    },
  },
}
