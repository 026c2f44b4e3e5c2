import { useEffect, useRef, useState } from "react"
import { openPayFlow, type PayFlow, type PayStage } from "../../../core/pay-flow"
import { givenSale } from "../../platform/page-data"
import { pause } from "../../platform/pause"
import { transport } from "../../platform/transport"
import { wallet } from "../../platform/wallet"
import { useWords } from "../../session/language"

/** The sale of a code, followed for as long as the page is there. */
export function usePayFlow(digits: string): { readonly stage: PayStage; readonly flow: PayFlow | undefined } {
  const { language } = useWords()
  const current = useRef(language)
  current.current = language
  const [stage, onStage] = useState<PayStage>({ at: "loading" })
  const [flow, setFlow] = useState<PayFlow>()
  useEffect(() => {
    const given = givenSale(digits)
    const opened = openPayFlow({
      ...{ transport, wallet, digits, given, wait: pause, onStage, language: () => current.current },
    })
    setFlow(opened)
    void opened.load()
    return opened.stop
  }, [digits])
  const isRefused = stage.at === "refused"
  // biome-ignore lint/correctness/useExhaustiveDependencies: another language is the reason to ask again
  useEffect(() => {
    // The gateway's sentence is in the language that it was asked in.
    if (isRefused) void flow?.load()
  }, [language])
  return { stage, flow }
}
