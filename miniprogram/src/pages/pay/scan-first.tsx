import Taro from "@tarojs/taro"
import { useEffect, useState } from "react"
import { readScannedUrl } from "../../../core/scanned-link"
import { Press } from "../../parts/elements"
import { Notice, Slip } from "../../parts/states"
import { hasEnteredBind } from "../../platform/entered-bind"
import { dropPlainPage } from "../../platform/page-data"
import type { Scanned } from "../../platform/scanned"
import { bindDigitsOf } from "../../session/bind-digits"
import { digitsOfLink } from "../../session/digits-of-link"
import { useWords } from "../../session/language"

type ScanError = Extract<Scanned, { readonly error: unknown }>["error"]

const titles = {
  "link/missing": "scanFirst",
  "link/malformed": "linkMalformed",
  "link/insecure": "linkNotOurs",
  "link/other": "linkNotOurs",
} as const satisfies Record<ScanError, string>

/** Opened from a menu, or by a code that is none of ours: the program's own scanner. */
export function ScanFirst({ error }: { readonly error: ScanError }) {
  const { say } = useWords()
  const [fault, setFault] = useState(error)
  useEffect(dropPlainPage, [])
  useEffect(() => {
    if (hasEnteredBind()) void Taro.redirectTo({ url: "/pages/bind/index" })
  }, [])
  const scan = async () => {
    const answer = await Taro.scanCode({ onlyFromCamera: true }).catch(() => undefined)
    if (answer === undefined) return
    const link = readScannedUrl(answer.result)
    const bindDigits = bindDigitsOf(link)
    if (bindDigits !== undefined) return void Taro.redirectTo({ url: `/pages/bind/index?digits=${bindDigits}` })
    const scanned = digitsOfLink(link)
    if ("error" in scanned) return setFault(scanned.error)
    await Taro.redirectTo({ url: `/pages/pay/index?digits=${scanned.digits}` })
  }
  return (
    <Slip>
      <Notice shape={fault === "link/missing" ? "waiting" : "refused"} title={say(titles[fault])}>
        {process.env.TARO_ENV !== "h5" && (
          <Press id="scan" className="primary" onPress={() => void scan()}>
            {say("scan")}
          </Press>
        )}
        <Press id="mine" className="quiet" onPress={() => void Taro.navigateTo({ url: "/pages/mine/index" })}>
          {say("myPurchases")}
        </Press>
      </Notice>
    </Slip>
  )
}
