import { prepareHashes } from "@suyuan/protocol/codec/hashes"
import { useRouter } from "@tarojs/taro"
import { useCallback, useEffect, useState } from "react"
import { checkOrigin } from "../../../core/check-origin"
import { checkProof } from "../../../core/check-proof"
import { openLedgerTrust, vouchedBy } from "../../../core/ledger-trust"
import { type ProofSource, type ProofText, readProof } from "../../../core/read-proof"
import { shownOf } from "../../../core/shown-record"
import { Busy, Notice, Offline, Slip } from "../../parts/states"
import { dropPlainPage } from "../../platform/page-data"
import { witnessAt } from "../../platform/transport"
import { prepareSignatures, verifySignature } from "../../platform/verify-signature"
import { gateway } from "../../session/gateway"
import { useWords } from "../../session/language"
import { readTrace } from "../trace/read-trace"
import { sourceOf } from "../trace/source-of"
import { type Checked, VerifySlip } from "./verify-slip"

const by = vouchedBy(LEDGER_TRUST)

type Verification =
  | { readonly at: "loading" | "offline" | Extract<ProofText, { ok: false }>["why"] }
  | { readonly at: "checked"; readonly checked: Checked }

function prepareCheck(): void {
  prepareSignatures()
  prepareHashes()
}

/** The steps run here, on the phone; the words for them are everybody's. */
export default function VerifyPage() {
  const { params } = useRouter()
  const source = sourceOf(params)
  const { say } = useWords()
  useEffect(dropPlainPage, [])
  if (source !== undefined) return <Verified key={JSON.stringify(source)} source={source} />
  return (
    <Slip>
      <Notice shape="refused" title={say("traceGone")} />
    </Slip>
  )
}

function Verified({ source }: { readonly source: ProofSource }) {
  const { language, say } = useWords()
  const [verification, setVerification] = useState<Verification>({ at: "loading" })
  const name = "record" in source ? source.record : source.share
  const isOwn = "record" in source
  const check = useCallback(async () => {
    setVerification({ at: "loading" })
    const asked = isOwn ? { record: name } : { share: name }
    const trusting = openLedgerTrust(gateway, verifySignature, LEDGER_TRUST, witnessAt)
    // What is compared with the proof is what is shown of the sale, here and on the page before.
    const tracing = readTrace(asked)
    // Both are awaited once there is a proof; until then they are no error of the page.
    for (const one of [trusting, tracing]) one.catch(() => undefined)
    // The line is busy, the processor is not.
    setTimeout(prepareCheck, 0)
    const first = await readProof(gateway, asked)
    // Whoever was nobody a moment ago may have been logged in by the trace.
    const isKnownNow = !first.ok && first.why === "stranger" && (await tracing).ok
    const proof = isKnownNow ? await readProof(gateway, asked) : first
    if (!proof.ok) return setVerification({ at: proof.why })
    const shown = tracing.then((answer) => (answer.ok ? shownOf(asked, answer.value) : undefined))
    const checking = trusting.then(({ setting, readers }) =>
      checkProof(proof.text, readers, { ...setting, asked: shown }, language),
    )
    const [trace, { report, isUnfinished }] = await Promise.all([tracing, checking])
    if (!trace.ok && trace.status >= 500) return setVerification({ at: "offline" })
    if (!trace.ok) return setVerification({ at: trace.status === 429 ? "busy" : "gone" })
    const { setting, readers } = await trusting
    const checked = { report, isUnfinished, text: proof.text, trace: trace.value }
    setVerification({ at: "checked", checked })
    const origin = await checkOrigin(gateway, trace.value, report.record, readers, setting)
    setVerification({ at: "checked", checked: { ...checked, origin } })
  }, [isOwn, name, language])
  const again = useCallback(() => void check().catch(() => setVerification({ at: "offline" })), [check])
  useEffect(again, [again])
  switch (verification.at) {
    case "offline":
      return <Offline onAgain={again} />
    case "busy":
      return <Busy onAgain={again} />
    case "stranger":
      return (
        <Slip>
          <Notice title={say("traceOfAnother")} why={say("traceOfAnotherWhy")} />
        </Slip>
      )
    case "waiting":
      return (
        <Slip>
          <Notice shape="waiting" title={say("proofWaiting")} />
        </Slip>
      )
    case "gone":
      return (
        <Slip>
          <Notice shape="refused" title={say("traceGone")} />
        </Slip>
      )
    case "loading":
      return <VerifySlip by={by} checked={undefined} />
    case "checked":
      return <VerifySlip by={by} checked={verification.checked} />
  }
}
