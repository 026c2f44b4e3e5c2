/// <reference types="@tarojs/taro" />

/** Built into the program: the one gateway that it trusts. */
declare const GATEWAY_ORIGIN: string
declare const process: { readonly env: { readonly TARO_ENV: "weapp" | "alipay" | "h5" } }
declare module "*.css"
