import { type RecallStepName, recallActionWords, recallStepWords } from "@suyuan/look/recall-page-words"
import { stateShapes } from "@suyuan/look/tokens"
import type { WordLanguage } from "@suyuan/look/words"
import type { FC } from "hono/jsx"
import type { GoodsName } from "../../catalogue/read-catalogue"
import { type Holder, mustBeVisited } from "../../recalls/read-goods"
import type { recallViewOf, scopeOfRecallView } from "../recall-schemas"
import { Fact } from "./office-list"
import { OfficePage, type PageFrame, sayOffice, withLanguage } from "./office-page"
import {
  ClaimedNote,
  DrillBanner,
  kilos,
  minuteOf,
  namesOf,
  type RecallShown,
  RecallStateMark,
  recallsRoot,
  SalesTable,
  ScopeTotals,
  StallsTable,
  sayRecall,
} from "./recall-parts"

type ListProps = {
  readonly frame: PageFrame
  readonly recalls: readonly RecallShown[]
  readonly goods: ReadonlyMap<string, readonly GoodsName[]>
  /** Stalls of each that was kept. */
  readonly stalls: ReadonlyMap<string, number>
  readonly mayWrite: boolean
}

export const RecallsPage: FC<ListProps> = ({ frame, recalls, goods, stalls, mayWrite }) => {
  const { language } = frame
  const say = sayRecall(language)
  return (
    <OfficePage frame={frame} title={say("recalls")} isSignedIn>
      {mayWrite && (
        <p>
          <a class="go" href={withLanguage(`${recallsRoot}/new`, language)}>
            {say("new")}
          </a>
        </p>
      )}
      {recalls.length === 0 && <p class="soft">{say("nothing")}</p>}
      <ol class="cards">
        {recalls.map((recall) => (
          <li>
            <div class="row">
              <strong>{namesOf(goods.get(recall.id), language)}</strong>
              <RecallStateMark recall={recall} language={language} />
            </div>
            <p>{recall.reason}</p>
            <dl>
              <Fact term={say("stalls")} value={String(stalls.get(recall.id) ?? say("notYet"))} />
              <Fact term={say("sales")} value={String(recall.frozen?.sales ?? say("notYet"))} />
              <Fact term={say("since")} value={minuteOf(recall.startedAt)} />
            </dl>
            <p class="links">
              <a href={withLanguage(`${recallsRoot}/${recall.id}`, language)}>
                {say("look")} {namesOf(goods.get(recall.id), language)}
              </a>
            </p>
          </li>
        ))}
      </ol>
    </OfficePage>
  )
}

type RecallProps = {
  readonly frame: PageFrame
  readonly recall: ReturnType<typeof recallViewOf>
  readonly scope: ReturnType<typeof scopeOfRecallView>
  readonly goods: readonly GoodsName[] | undefined
  readonly names: ReadonlyMap<number, GoodsName>
  readonly holders: ReadonlyMap<string, Holder>
  readonly mayWrite: boolean
  readonly isProposer: boolean
}

/** One recall, whole: what and why, where it went, who was told, and what may be done next. */
export const RecallPage: FC<RecallProps> = (props) => {
  const { frame, recall, scope, goods, names, holders } = props
  const { language } = frame
  const say = sayRecall(language)
  const title = `${recall.isDrill ? `【${say("drill")}】` : ""}${say("recalls")}：${namesOf(goods, language)}`
  return (
    <OfficePage frame={frame} title={title} isSignedIn>
      {recall.isDrill && <DrillBanner language={language} />}
      <p>
        <RecallStateMark recall={recall} language={language} />
      </p>
      <dl>
        <Fact term={say("reason")} value={recall.reason} />
        <Fact term={say("since")} value={minuteOf(recall.startedAt)} />
        <Fact term={say("lots")} value={String(recall.sources.lots)} />
        <Fact term={say("inflows")} value={String(recall.sources.inflows)} />
        <Fact term={say("proposedBy")} value={recall.proposedBy} />
        {recall.approvedBy !== undefined && <Fact term={say("approvedBy")} value={recall.approvedBy} />}
      </dl>
      <Tests recall={recall} language={language} />
      <NextSteps {...props} />
      <h2>{say("where")}</h2>
      <ScopeTotals scope={scope} language={language} />
      <p class="soft">{say("estimateOnly")}</p>
      <ClaimedNote scope={scope} language={language} />
      <StallsTable {...{ scope, names, holders, language }} />
      <ToVisit holders={holders} language={language} />
      <Difference scope={scope} language={language} />
      <Told recall={recall} language={language} />
      <h2>{say("sales")}</h2>
      <SalesTable scope={scope} frame={frame} />
      {scope.next !== undefined && (
        <p class="links">
          <a href={withLanguage(`${recallsRoot}/${recall.id}?after=${scope.next}`, language)}>
            {sayOffice(language)("more")}
          </a>
        </p>
      )}
      <h2>{say("steps")}</h2>
      <ol>
        {recall.steps.map(({ action, actorId, at }) => (
          <li>
            {minuteOf(at)} {recallActionWords[action][language]} · {actorId}
          </li>
        ))}
      </ol>
    </OfficePage>
  )
}

type Own = { readonly recall: RecallProps["recall"]; readonly language: WordLanguage }

const Tests: FC<Own> = ({ recall: { tests }, language }) =>
  tests.length === 0 ? null : (
    <>
      <h2>{sayRecall(language)("tests")}</h2>
      <ul>
        {tests.map((test) => (
          <li class={test.conclusion === "failed" ? "bad" : "good"}>
            {test.conclusion === "failed" ? stateShapes.refused : stateShapes.paid} {minuteOf(test.testedAt)}{" "}
            {test.sampleNumber} {test.inhibitionPermille / 10}% / {test.limitPermille / 10}% ({test.standard})
          </li>
        ))}
      </ul>
    </>
  )

const ToVisit: FC<{ holders: RecallProps["holders"]; language: WordLanguage }> = ({ holders, language }) => {
  const count = [...holders.values()].filter(mustBeVisited).length
  return count === 0 ? null : (
    <p class="waiting">
      {stateShapes.waiting} {sayRecall(language)("toVisit").replace("{stalls}", String(count))}
    </p>
  )
}

const Difference: FC<{ scope: RecallProps["scope"]; language: WordLanguage }> = ({ scope, language }) => {
  const say = sayRecall(language)
  const { frozen, difference } = scope
  if (frozen === undefined || difference === undefined) return null
  const signed = (value: number) => (value > 0 ? `+${value}` : String(value))
  const isSame = Object.values(difference).every((value) => value === 0)
  return (
    <>
      <h2>{say("difference")}</h2>
      <p class="soft">
        {say("frozenAt")} {minuteOf(frozen.asOf)}
      </p>
      {isSame ? (
        <p>{say("unchanged")}</p>
      ) : (
        <dl>
          <Fact term={say("stalls")} value={signed(difference.stalls)} />
          <Fact term={say("sales")} value={signed(difference.sales)} />
          {difference.claimedSales !== 0 && <Fact term={say("claimed")} value={signed(difference.claimedSales)} />}
          <Fact
            term={say("may")}
            value={`${difference.mayGrams > 0 ? "+" : ""}${kilos(difference.mayGrams, language)}`}
          />
          <Fact
            term={say("inStock")}
            value={`${difference.stockMayGrams > 0 ? "+" : ""}${kilos(difference.stockMayGrams, language)}`}
          />
        </dl>
      )}
    </>
  )
}

const Told: FC<Own> = ({ recall, language }) => {
  const say = sayRecall(language)
  if (recall.activatedAt === undefined) return null
  const { toFirstPage, toStallsTold } = recall.seconds
  const states = ["waiting", "sent", "read", "notPermitted", "failed", "unknown"] as const
  return (
    <>
      <h2>{say("told")}</h2>
      {recall.isDrill ? (
        <p>{say("drillMeans")}</p>
      ) : (
        <>
          <dl>
            {states.map((state) => (
              <Fact term={say(state)} value={String(recall.buyers[state])} />
            ))}
          </dl>
          <p class="soft">{say("cash")}</p>
        </>
      )}
      <dl>
        {toFirstPage !== undefined && <Fact term={say("firstPage")} value={`${toFirstPage} ${say("seconds")}`} />}
        <Fact
          term={say("toldStalls")}
          value={toStallsTold === undefined ? `${stateShapes.waiting} …` : `${toStallsTold} ${say("seconds")}`}
        />
      </dl>
    </>
  )
}

const stepsFrom = {
  draft: ["approve", "withdraw"],
  approved: ["activate", "withdraw"],
  active: ["extend", "close", "withdraw"],
  closed: [],
  withdrawn: [],
} as const satisfies Record<string, readonly RecallStepName[]>

/** Links to a page that says what will happen; nothing happens at one press. */
const NextSteps: FC<RecallProps> = ({ frame: { language }, recall, scope, mayWrite, isProposer }) => {
  const say = sayRecall(language)
  if (!mayWrite) return <p class="soft">{sayOffice(language)("lookOnly")}</p>
  const steps: readonly RecallStepName[] = stepsFrom[recall.state]
  if (steps.length === 0) return <p class="soft">{say("ended")}</p>
  const isBarred = isProposer && recall.state === "draft"
  return (
    <section class="effect">
      <h2>{say("next")}</h2>
      {isBarred && (
        <p class="waiting">
          {stateShapes.waiting} {say("secondPerson")}
        </p>
      )}
      <p class="links">
        {steps
          .filter((step) => !(isBarred && step === "approve"))
          .map((step) => {
            const seen = step === "approve" ? `?reach=${scope.reachDigest}` : ""
            const isQuiet = step === "withdraw" || step === "extend"
            return (
              <a
                class={isQuiet ? "go quiet" : "go"}
                href={withLanguage(`${recallsRoot}/${recall.id}/${step}${seen}`, language)}
              >
                {recallStepWords[step].name[language]}
              </a>
            )
          })}
      </p>
    </section>
  )
}

type StepProps = {
  readonly frame: PageFrame
  readonly recall: RecallShown
  readonly scope: RecallProps["scope"]
  readonly goods: readonly GoodsName[] | undefined
  readonly step: RecallStepName
  /** The scope that was looked at, for an approval. */
  readonly reach: string | undefined
}

/** Asks once, with the consequence in words. */
export const RecallStepPage: FC<StepProps> = ({ frame, recall, scope, goods, step, reach }) => {
  const { language } = frame
  const say = sayRecall(language)
  const { name, effect } = recallStepWords[step]
  const path = `${recallsRoot}/${recall.id}`
  const words = effect[language]
    .replace("{stalls}", String(scope.totals.stalls))
    .replace("{sales}", String(scope.totals.sales))
  return (
    <OfficePage
      frame={frame}
      title={`${recall.isDrill ? `【${say("drill")}】` : ""}${name[language]}：${namesOf(goods, language)}`}
      isSignedIn
    >
      {recall.isDrill && <DrillBanner language={language} />}
      <p>{recall.reason}</p>
      <section class="effect">
        <h2>{say("effect")}</h2>
        <p>{recall.isDrill && (step === "activate" || step === "extend") ? say("drillMeans") : words}</p>
        <form method="post" action={withLanguage(`${path}/${step}`, language)} class="ask">
          {reach !== undefined && <input type="hidden" name="reach" value={reach} />}
          <button type="submit">
            {say("confirm")}
            {language === "zh" ? "" : " "}
            {name[language]}
          </button>
          <a class="go quiet" href={withLanguage(path, language)}>
            {say("notNow")}
          </a>
        </form>
      </section>
    </OfficePage>
  )
}
