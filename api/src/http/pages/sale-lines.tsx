import { type BuyerWord, buyerWords } from "@suyuan/look/buyer-words"
import { stateShapes } from "@suyuan/look/tokens"
import { type Word, type WordLanguage, words } from "@suyuan/look/words"
import { fenToYuan } from "@suyuan/protocol/units/money"
import type { FC } from "hono/jsx"
import { localDay } from "../../day"
import type { SaleDescription } from "../../sales/describe-sale"
import { certifiedText, testedText } from "./coverage-words"
import { originText } from "./origin-words"
import { Recalled, TestLines } from "./test-lines"

type LineDescription = NonNullable<SaleDescription["lines"]>[number]

export const SaleLineItem: FC<{ line: LineDescription; zone: string; language: WordLanguage }> = ({
  line,
  zone,
  language,
}) => {
  const say = (word: Word) => words[word][language]
  const zh = language === "zh"
  const name = (zh ? line.name : line.nameEn) ?? say("nameFollows")
  return (
    <li>
      <div class="row">
        <span class="name">{name}</span>
        <span class="figure">¥{fenToYuan(line.amountFen)}</span>
      </div>
      <div class="row soft">
        <span>{zh ? line.quantityText : line.quantityTextEn}</span>
        <span>{zh ? line.unitPriceText : line.unitPriceTextEn}</span>
      </div>
      <Recalled recalls={line.recalls} word="goodsRecalled" language={language} />
      <Origin line={line} zone={zone} language={language} />
    </li>
  )
}

const Origin: FC<{ line: LineDescription; zone: string; language: WordLanguage }> = ({ line, zone, language }) => {
  const say = (word: Word) => words[word][language]
  const { pile } = line
  if (!pile || pile.origin.kind === "unknown") {
    return (
      <div class="origin">
        <p class="waiting">
          {stateShapes.unknown} {say("originUnknown")}
        </p>
        {line.declaredOrigin && (
          <p class="soft">
            {say("declaredOrigin")}
            {language === "zh" ? "：" : ": "}
            {line.declaredOrigin}
          </p>
        )}
        {pile && <Tests pile={pile} coverage={line.coverage} zone={zone} language={language} />}
      </div>
    )
  }
  const { origin } = pile
  return (
    <div class="origin">
      <p>
        {buyerWords.onTheStall[language]}
        {originText(origin, zone, language)}
      </p>
      <Tests pile={pile} coverage={line.coverage} zone={zone} language={language} />
      {pile.certificates > 0 && (
        <p class="good">
          {stateShapes.paid} {say("certificate")} × {pile.certificates}
          {line.coverage && ` · ${certifiedText(line.coverage, "ofThisBagNow", language)}`}
        </p>
      )}
    </div>
  )
}

/** Of goods of unknown origin too: there a test is all that is known. */
const Tests: FC<{
  pile: NonNullable<LineDescription["pile"]>
  coverage: LineDescription["coverage"]
  zone: string
  language: WordLanguage
}> = (props) => {
  const say = (word: BuyerWord) => buyerWords[word][props.language]
  return (
    <>
      <TestLines
        tests={props.pile.inspections}
        dayOf={(at) => localDay(new Date(at), props.zone)}
        language={props.language}
      />
      {props.pile.inspections.length > 0 && (
        <small>
          {props.coverage ? testedText(props.coverage, "ofThisBagNow", props.language) : say("coverageUnknown")}
          <br />
          {say("testSampleOnly")}
        </small>
      )}
    </>
  )
}
