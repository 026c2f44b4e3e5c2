import { fenToYuan } from "@suyuan/protocol/units/money"
import { marketDay } from "../../../core/market-day"
import type { TraceAnswer } from "../../../core/origin-words"
import type { ProofSource } from "../../../core/read-proof"

import { hasNumber } from "../../../core/stall-name"
import { weightText } from "../../../core/weights"

import { Box, Press, Title, Words } from "../../parts/elements"
import { Certificates, OriginBars, Statement, Tests } from "../../parts/origin"
import { Recalled } from "../../parts/recalled"
import { StallPhoto } from "../../parts/stall-photo"
import { Mark, Row, Slip } from "../../parts/states"
import { isSinglePage } from "../../platform/use-share"
import { useWords } from "../../session/language"
import { SendOn, ShareTrace } from "./share-trace"
import { TheWay } from "./the-way"

type TraceSlipProps = { readonly trace: TraceAnswer; readonly source: ProofSource; readonly onVerify: () => void }

export function TraceSlip({ trace, source, onVerify }: TraceSlipProps) {
  const { language, say } = useWords()
  const isAnchored = trace.recordState === "anchored" || trace.recordState === "confirmed"
  const isProof = isAnchored && !trace.development
  const recorded = isProof ? "recordAnchored" : isAnchored ? "recordOnDevelopmentChain" : "recordWaiting"
  return (
    <Slip isDemo={trace.development}>
      <Box className="stall-head">
        <Box className="grow">
          <Box className="soft">
            {"share" in source ? say("sharedTrace") : say("traceTitle")} ·{" "}
            {language === "zh" ? trace.stall.site : trace.stall.siteEn}
          </Box>
          <Title level={1}>{trace.stall.name}</Title>
          <Box className="soft">
            {!hasNumber(trace.stall) && `${say("stall")} ${trace.stall.number} · `}
            {say("soldOn")} <Words className="whole">{marketDay(trace.soldAt, trace.stall.zone)}</Words>
          </Box>
        </Box>
        <StallPhoto stall={trace.stall} />
      </Box>
      {trace.lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a record never change their order
        <Box key={index} className="line">
          <Row>
            <Title level={2}>{(language === "zh" ? line.name : line.nameEn) ?? say("nameFollows")}</Title>
            {line.grams !== null && <Words className="figure">{weightText(line.grams, language)}</Words>}
          </Row>
          <Recalled recalls={line.recalls} />
          <Statement origin={line.origin} />
          {line.origin && line.origin.sources.length > 0 && <OriginBars origin={line.origin} />}
          <Tests tests={line.inspections} coverage={line.coverage} />
          <Certificates count={line.certificates} coverage={line.coverage} />
          <TheWay way={line.way} soldAt={trace.soldAt} isOwn={"record" in source} />
        </Box>
      ))}
      {trace.amountFen !== null && (
        <Row className="soft">
          <Words>{say("amountOfSale")}</Words>
          <Words className="figure">¥{fenToYuan(trace.amountFen)}</Words>
        </Row>
      )}
      {trace.originStatements.length === 0 && <Mark shape="waiting">{say("originProvisional")}</Mark>}
      <Box className="soft">{say("ifNothingOffTheBooks")}</Box>
      <Box className="tear" />
      <Box className={isAnchored ? "seal" : "seal pending"}>
        <Box className="stamp" label={say(recorded)}>
          印
        </Box>
        <Box className="grow">
          <Mark shape={isProof ? "paid" : isAnchored ? "unknown" : "waiting"}>{say(recorded)}</Mark>
          <Box className="soft number-of-record">
            {say("recordNumber")} {trace.recordId}
          </Box>
        </Box>
      </Box>
      <Box className="actions">
        {isSinglePage() ? (
          <Box className="soft">{say("singlePage")}</Box>
        ) : (
          <Press id="verify" className="primary" onPress={onVerify}>
            {say("verify")}
          </Press>
        )}
        {"record" in source ? (
          <ShareTrace trace={trace} recordId={source.record} />
        ) : (
          <SendOn trace={trace} shareId={source.share} />
        )}
      </Box>
    </Slip>
  )
}
