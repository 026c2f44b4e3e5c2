/// <reference types="@tarojs/taro" />

/** Built into the program: the one gateway that it trusts. */
declare const GATEWAY_ORIGIN: string
/** The ledger that it trusts, where a consortium stands. */
declare const LEDGER_TRUST: import("../core/built-in-ledger").BuiltInLedger | undefined
declare const process: { readonly env: { readonly TARO_ENV: "weapp" | "alipay" | "h5" } }
declare module "*.css"
