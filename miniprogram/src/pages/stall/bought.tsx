import { useState } from "react"
import { gramsOf, kilograms } from "../../../core/weights"
import { Box, Press, Title, Words } from "../../parts/elements"
import { Line } from "../../parts/form"
import { Mark, Row } from "../../parts/states"
import { useWords } from "../../session/language"
import { useGateway } from "../../session/use-gateway"
import type { BoughtLine } from "./read-stall"

type Outcome = Exclude<BoughtLine["state"], "offered">
type BoughtProps = {
  readonly merchantId: string
  /** Undefined where it could not be read. */
  readonly purchases: readonly BoughtLine[] | undefined
  /** It is read again. */
  readonly onDone: () => void
}

const SHOWN_ANSWERED = 10
const states = {
  offered: "stateOffered",
  accepted: "stateAccepted",
  private: "statePrivate",
  refused: "stateRefused",
} as const

/** What this stall's wallets bought: what waits for an answer first, then what was answered, which can be changed. */
export function Bought({ merchantId, purchases, onDone }: BoughtProps) {
  const { say } = useWords()
  if (purchases === undefined) {
    return (
      <Press id="bought-again" className="secondary" onPress={onDone}>
        {say("tryAgain")}
      </Press>
    )
  }
  const waiting = purchases.filter(({ state }) => state === "offered")
  const answered = purchases.filter(({ state }) => state !== "offered").slice(0, SHOWN_ANSWERED)
  return (
    <>
      <Title level={2}>{say("boughtTitle")}</Title>
      {waiting.length === 0 && <Mark shape="paid">{say("boughtNone")}</Mark>}
      {waiting.map((line) => (
        <OneBought key={`${line.saleRecordId}-${line.line}`} {...{ merchantId, line, onDone }} />
      ))}
      {answered.length > 0 && <Title level={2}>{say("boughtAnswered")}</Title>}
      {answered.map((line) => (
        <OneBought key={`${line.saleRecordId}-${line.line}`} {...{ merchantId, line, onDone }} />
      ))}
    </>
  )
}

type OneBoughtProps = { readonly merchantId: string; readonly line: BoughtLine; readonly onDone: () => void }

function OneBought({ merchantId, line, onDone }: OneBoughtProps) {
  const { language, say } = useWords()
  const [isOpen, setOpen] = useState(line.state === "offered")
  const { seller } = line
  const onAnswered = () => {
    setOpen(false)
    onDone()
  }
  const name = (language === "zh" ? line.name : line.nameEn) ?? say("nameFollows")
  return (
    <Box className="line">
      <Row>
        <Title level={3}>{name}</Title>
        <Words className="figure">{kilograms(line.acceptedGrams ?? line.grams)} kg</Words>
      </Row>
      <Box className="soft">
        {language === "zh" ? seller.site : seller.siteEn} · {seller.name} {seller.stallNumber} ·{" "}
        {say(states[line.state])}
      </Box>
      {isOpen ? (
        <Answers {...{ merchantId, line }} onDone={onAnswered} />
      ) : (
        <Press id={`change-${line.saleRecordId}-${line.line}`} className="quiet left" onPress={() => setOpen(true)}>
          {say("boughtChange")} ›
        </Press>
      )}
    </Box>
  )
}

function Answers({ merchantId, line, onDone }: OneBoughtProps) {
  const { say } = useWords()
  const client = useGateway()
  const [weight, setWeight] = useState(kilograms(line.grams))
  const [told, setTold] = useState<string>()
  const suffix = `${line.saleRecordId}-${line.line}`
  const send = async (outcome: Outcome) => {
    const grams = gramsOf(weight)
    if (outcome === "accepted" && (grams === undefined || grams > line.grams)) return setTold(say("weightWrong"))
    const { saleRecordId, line: number } = line
    const answer = await client.post("/bought/{id}/answers", {
      path: { id: merchantId },
      body: { saleRecordId, line: number, outcome, acceptedGrams: outcome === "accepted" ? (grams ?? 0) : 0 },
    })
    if (answer.ok) onDone()
    else setTold(answer.refusal.message)
  }
  const press = (outcome: Outcome) => () => void send(outcome).catch(() => setTold(say("notDone")))
  return (
    <Box className="actions">
      <Line
        id={`weight-${suffix}`}
        label={say("acceptLess")}
        value={weight}
        onChange={setWeight}
        lengthMax={11}
        isWeight
      />
      {told !== undefined && (
        <Box isStatus>
          <Mark shape="refused">{told}</Mark>
        </Box>
      )}
      <Press id={`accept-${suffix}`} className="primary" onPress={press("accepted")}>
        {say("acceptGoods")} {weight} kg
      </Press>
      <Press id={`private-${suffix}`} className="secondary" onPress={press("private")}>
        {say("privateGoods")}
      </Press>
      <Press id={`refuse-${suffix}`} className="quiet" onPress={press("refused")}>
        {say("refuseGoods")}
      </Press>
    </Box>
  )
}
