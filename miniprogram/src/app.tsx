import "./platform/older-phones"
import "./platform/boot"
import Taro, { useDidShow, useLaunch } from "@tarojs/taro"
import type { PropsWithChildren } from "react"
import { noteEnteredBind } from "./platform/entered-bind"
import { noteEntry } from "./platform/scanned"
import "tokens.css"
import "./styles/app.css"
import "./styles/mine.css"

type Entered = { readonly query?: Readonly<Record<string, string | undefined>> | undefined }

export default function App({ children }: PropsWithChildren) {
  useLaunch((options: Entered) => {
    noteEntry(options.query ?? {})
    noteEnteredBind(options.query ?? {})
  })
  // A warm start by another code: the pay page is opened anew, with what was scanned.
  useDidShow((options?: Entered) => {
    const isAnother = noteEntry(options?.query ?? {})
    noteEnteredBind(options?.query ?? {})
    if (isAnother && Taro.getCurrentPages().length > 0) void Taro.reLaunch({ url: "/pages/pay/index" })
  })
  return children
}
