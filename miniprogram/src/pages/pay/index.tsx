import { useRouter } from "@tarojs/taro"
import { useEffect } from "react"
import type { PayFlow, PayStage } from "../../../core/pay-flow"
import { Press } from "../../parts/elements"
import { Busy, Loading, Notice, Offline, Slip } from "../../parts/states"
import { dropPlainPage } from "../../platform/page-data"
import { readScan } from "../../platform/scanned"
import { useWords } from "../../session/language"
import { SiteZone } from "../../session/zone"
import { Outcome } from "./outcome"
import { Paid } from "./paid"
import { SaleSlip } from "./sale-slip"
import { ScanFirst } from "./scan-first"
import { usePayFlow } from "./use-pay-flow"

/** What a scanned code opens. */
export default function PayPage() {
  const { params } = useRouter()
  const scanned = readScan(params)
  return "digits" in scanned ? <Scanned digits={scanned.digits} /> : <ScanFirst error={scanned.error} />
}

function Scanned({ digits }: { readonly digits: string }) {
  const { stage, flow } = usePayFlow(digits)
  const hasContent = stage.at !== "loading"
  useEffect(() => {
    if (hasContent) dropPlainPage()
  }, [hasContent])
  if (flow === undefined) return <Loading />
  return (
    <SiteZone.Provider value={"sale" in stage ? stage.sale.stall.zone : undefined}>
      <Stage stage={stage} flow={flow} />
    </SiteZone.Provider>
  )
}

function Stage({ stage, flow }: { readonly stage: PayStage; readonly flow: PayFlow }) {
  const { say } = useWords()
  switch (stage.at) {
    case "loading":
      return <Loading />
    case "offline":
      return <Offline onAgain={() => void flow.load()} why="offlineNotPaid" />
    case "busy":
      return <Busy onAgain={() => void flow.load()} />
    case "refused":
      return (
        <Slip>
          <Notice shape="refused" title={say("cannotPay")} why={stage.message} />
        </Slip>
      )
    case "sale":
      return <SaleSlip sale={stage.sale} flow={flow} isBusy={stage.isBusy} refusal={stage.refusal} />
    case "code":
      return <SaleSlip sale={stage.sale} flow={flow} isBusy={false} code={stage} />
    case "paid":
      return <Paid sale={stage.sale} state={stage.state} flow={flow} />
    case "cancelled":
    case "failed":
      return (
        <Outcome sale={stage.sale} shape="refused" title={`${stage.at}Title`} why={`${stage.at}Why`}>
          <Press id="back" className="primary" onPress={flow.back}>
            {say("backToPay")}
          </Press>
        </Outcome>
      )
    case "confirming": {
      const doubt = stage.hasNetwork ? stage.doubt : "network"
      const [title, why] = doubts[doubt]
      const shape = doubt === "reported" || doubt === "begun" ? "waiting" : "unknown"
      return (
        <Outcome sale={stage.sale} shape={shape} title={title} why={why}>
          {stage.doubt === "begun" && stage.sale.canPay && (
            <Press id="pay-instead" className="quiet" onPress={flow.back}>
              {say("payInstead")}
            </Press>
          )}
        </Outcome>
      )
    }
    case "unsettled":
      return (
        <Outcome sale={stage.sale} shape="unknown" title="unsettledTitle" why="unsettledWhy">
          <Press id="ask" className="primary" onPress={() => void flow.askAgain()}>
            {say("askAgain")}
          </Press>
        </Outcome>
      )
    case "closed":
      return <Outcome sale={stage.sale} shape="refused" title="closedTitle" why="closedWhy" />
  }
}

const doubts = {
  begun: ["begunTitle", "begunWhy"],
  reported: ["confirmingTitle", "confirmingWhy"],
  unknown: ["unknownTitle", "unknownWhy"],
  network: ["networkTitle", "networkWhy"],
} as const
