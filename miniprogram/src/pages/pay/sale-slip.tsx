import { fenToYuan } from "@suyuan/protocol/units/money"
import type { SaleAnswer } from "../../../core/origin-words"
import type { PayFlow } from "../../../core/pay-flow"
import { Box, Picture, Press, Title, Words } from "../../parts/elements"
import { Certificates, OriginOnTap, Statement, Tests } from "../../parts/origin"
import { Recalled } from "../../parts/recalled"
import { Mark, Row, Slip } from "../../parts/states"
import { wallet } from "../../platform/wallet"
import { useWords } from "../../session/language"
import { AmountRow, StallHead } from "./stall-head"

type SaleSlipProps = {
  readonly sale: SaleAnswer
  readonly flow: PayFlow
  readonly isBusy: boolean
  readonly refusal?: string | undefined
  readonly code?: { readonly image: string }
}

/** Everything before paying: whose stall, what, how much, and the finest thing that is certain about it. */
export function SaleSlip({ sale, flow, isBusy, refusal, code }: SaleSlipProps) {
  const { language, say } = useWords()
  const { lines } = sale
  const why = language === "zh" ? sale.refusalText : sale.refusalTextEn
  return (
    <Slip isDemo={sale.development}>
      <StallHead sale={sale} level={1} />
      <Box className="soft">{say("check")}</Box>
      {!sale.stallOnline && <Mark shape="waiting">{say("stallOffline")}</Mark>}
      <Box className="lines">
        {lines === null && <Mark shape="waiting">{say("linesFollow")}</Mark>}
        {lines?.map((line, index) => (
          // Lines have no other name than their place on the slip.
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a signed sale never change their order
          <Line key={index} index={index} line={line} />
        ))}
      </Box>
      {lines?.some(({ pile }) => pile !== null) && <Box className="soft">{say("pileNow")}</Box>}
      <AmountRow amountFen={sale.amountFen} />
      {refusal !== undefined && <Mark shape="refused">{refusal}</Mark>}
      {code !== undefined && (
        <Box className="code" isStatus>
          <Mark shape="waiting">{say("scanToPay")}</Mark>
          <Picture source={code.image} label={say("scanToPay")} width={280} height={280} />
        </Box>
      )}
      {sale.canPay ? (
        <PayButtons flow={flow} isBusy={isBusy} />
      ) : (
        sale.state === "presented" && <Mark shape="refused">{why ?? say("cannotPay")}</Mark>
      )}
    </Slip>
  )
}

const payWords = { "wechat-pay": "payWechat", alipay: "payAlipay" } as const

function PayButtons({ flow, isBusy }: { readonly flow: PayFlow; readonly isBusy: boolean }) {
  const { say } = useWords()
  return (
    <Box className="actions">
      {wallet.platforms.map((platform) => (
        <Press
          key={platform}
          id={`pay-${platform}`}
          className="primary"
          isDisabled={isBusy}
          onPress={() => void flow.pay(platform)}
        >
          {say(payWords[platform])}
        </Press>
      ))}
      {wallet.method !== "jsapi" && (
        <Box className="soft">{say(wallet.method === "native" ? "showsCode" : "openInApp")}</Box>
      )}
    </Box>
  )
}

type SaleLine = NonNullable<SaleAnswer["lines"]>[number]

function Line({ line, index }: { readonly line: SaleLine; readonly index: number }) {
  const { language, say } = useWords()
  const zh = language === "zh"
  const { pile } = line
  return (
    <Box className="line">
      <Row>
        <Title level={2}>{(zh ? line.name : line.nameEn) ?? say("nameFollows")}</Title>
        <Words className="figure">¥{fenToYuan(line.amountFen)}</Words>
      </Row>
      <Row className="soft">
        <Words>{zh ? line.quantityText : line.quantityTextEn}</Words>
        <Words>{zh ? line.unitPriceText : line.unitPriceTextEn}</Words>
      </Row>
      <Recalled recalls={line.recalls} isBefore />
      <Statement origin={pile?.origin ?? null} isBefore />
      {line.declaredOrigin && (!pile || pile.origin.kind === "unknown") && (
        <Box className="soft">
          {say("declaredOrigin")} {line.declaredOrigin}
        </Box>
      )}
      {!pile && line.name !== null && <Box className="soft">{say("stockUnknown")}</Box>}
      {pile && <Tests tests={pile.inspections} coverage={line.coverage} isBefore />}
      {pile && <Certificates count={pile.certificates} coverage={line.coverage} isBefore />}
      {pile && pile.origin.sources.length > 0 && <OriginOnTap id={`origin-${index}`} origin={pile.origin} />}
    </Box>
  )
}
