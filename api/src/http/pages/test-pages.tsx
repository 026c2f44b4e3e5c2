import { type TestPageWord, testConclusionWords, testPageWords } from "@suyuan/look/test-page-words"
import { stateShapes } from "@suyuan/look/tokens"
import type { WordLanguage } from "@suyuan/look/words"
import type { FC } from "hono/jsx"
import type { GoodsName } from "../../catalogue/read-catalogue"
import type { Inspection } from "../../inspections/find-retested"
import type { StallName } from "../../merchants/name-stalls"
import type { ChosenSite } from "../office-sites"
import { Fact } from "./office-list"
import { localMinute, OfficePage, type PageFrame, sayOffice, withLanguage } from "./office-page"
import { AskedForm, SiteSelect, sayPart } from "./office-parts"
import { recallsRoot } from "./recall-parts"

export const testsRoot = "/office/tests"
export const testConclusions = ["failed", "passed"] as const
export type TestConclusion = (typeof testConclusions)[number]

export type TestNames = {
  readonly stalls: ReadonlyMap<string, StallName>
  readonly goods: ReadonlyMap<number, GoodsName>
}

export function sayTest(language: WordLanguage): (word: TestPageWord) => string {
  return (word) => testPageWords[word][language]
}

type ListProps = TestNames &
  ChosenSite & {
    readonly frame: PageFrame
    readonly day: string | undefined
    readonly conclusion: TestConclusion | undefined
    /** Failed ones first, whenever they were. */
    readonly tests: readonly Inspection[]
    readonly hasMoreFailed: boolean
    readonly nextAfter: string | undefined
    readonly mayEnter: boolean
  }

export const TestsPage: FC<ListProps> = (props) => {
  const { frame, sites, site, day, conclusion, tests, hasMoreFailed, nextAfter, mayEnter } = props
  const { language } = frame
  const say = sayTest(language)
  const part = sayPart(language)
  const asked = (own: TestConclusion | undefined) =>
    `${testsRoot}?siteId=${site?.id ?? ""}${day === undefined ? "" : `&day=${day}`}&conclusion=${own ?? "all"}`
  return (
    <OfficePage frame={frame} title={say("tests")} isSignedIn>
      {mayEnter && site !== undefined && (
        <p>
          <a class="go" href={withLanguage(`${testsRoot}/new?siteId=${site.id}`, language)}>
            {say("new")}
          </a>
        </p>
      )}
      {site === undefined ? (
        <p class="soft">{part("noSite")}</p>
      ) : (
        <>
          <AskedForm path={testsRoot} language={language}>
            <SiteSelect {...{ sites, language, siteId: site.id }} />
            <label>
              {part("day")}
              <input type="date" name="day" value={day ?? ""} />
            </label>
          </AskedForm>
          <nav aria-label={sayOffice(language)("state")}>
            {[undefined, ...testConclusions].map((own) => (
              <a href={withLanguage(asked(own), language)} {...(own === conclusion && { "aria-current": "page" })}>
                {own === undefined ? sayOffice(language)("all") : testConclusionWords[own][language]}
              </a>
            ))}
          </nav>
          {tests.length === 0 && <p class="soft">{say(day === undefined ? "nothing" : "nothingOfDay")}</p>}
          {hasMoreFailed && (
            <p>
              <a href={withLanguage(asked("failed"), language)}>{say("moreFailed")}</a>
            </p>
          )}
        </>
      )}
      <ol class="cards">
        {tests.map((test) => (
          <li>
            <div class="row">
              <strong>{titleOf(test, props, language)}</strong>
              <ConclusionMark test={test} language={language} />
            </div>
            <p>{figuresOf(test)}</p>
            <p class="soft">
              {localMinute(test.testedAt, site?.zone ?? "Asia/Shanghai")} · {say("sample")} {test.sampleNumber}
              {test.supersededBy !== null && ` · ${say("superseded")}`}
            </p>
            <p class="links">
              <a href={withLanguage(`${testsRoot}/${test.id}`, language)}>
                {part("look")} {test.sampleNumber}
              </a>
              {test.recallId !== null && frame.scopes?.includes("recalls:read") && (
                <a href={withLanguage(`${recallsRoot}/${test.recallId}`, language)}>{say("recall")}</a>
              )}
            </p>
          </li>
        ))}
      </ol>
      {nextAfter !== undefined && (
        <nav>
          <a href={withLanguage(`${asked(conclusion)}&after=${nextAfter}`, language)}>{sayOffice(language)("more")}</a>
        </nav>
      )}
    </OfficePage>
  )
}

function titleOf({ merchantId, commodity }: Inspection, names: TestNames, language: WordLanguage): string {
  const stall = names.stalls.get(merchantId)
  const where = stall === undefined ? "?" : `${stall.stallNumber} ${stall.name}`
  return `${where} · ${names.goods.get(commodity)?.[language] ?? commodity}`
}

function figuresOf({ inhibitionPermille, limitPermille, conclusion, standard }: Inspection): string {
  return `${inhibitionPermille / 10}% ${conclusion === "passed" ? "<" : "≥"} ${limitPermille / 10}% (${standard})`
}

const ConclusionMark: FC<{ test: Inspection; language: WordLanguage }> = ({ test, language }) => (
  <span class={test.conclusion === "failed" ? "bad" : "good"}>
    {test.conclusion === "failed" ? stateShapes.refused : stateShapes.paid}{" "}
    {testConclusionWords[test.conclusion][language]}
  </span>
)

type ChainProps = TestNames & {
  readonly frame: PageFrame
  /** The one that was asked for. */
  readonly id: string
  readonly tests: readonly Inspection[]
  readonly zone: string
  readonly mayEnter: boolean
}

/** A test with all that it repeats and that repeat it; and what became of a failure. */
export const TestChainPage: FC<ChainProps> = ({ frame, id, tests, zone, mayEnter, ...names }) => {
  const { language } = frame
  const say = sayTest(language)
  const asked = tests.find((test) => test.id === id) ?? tests[0]
  return (
    <OfficePage frame={frame} title={asked ? titleOf(asked, names, language) : say("tests")} isSignedIn>
      <nav>
        <a href={withLanguage(asked ? `${testsRoot}?siteId=${asked.siteId}` : testsRoot, language)}>{say("tests")}</a>
      </nav>
      {tests.length > 1 && <p>{say("chain")}</p>}
      <ol class="cards">
        {tests.map((test) => (
          <OneTest {...{ frame, test, zone }} isOfChain={tests.length > 1} />
        ))}
      </ol>
      <p class="soft">{say("sampleOnly")}</p>
      {mayEnter && asked !== undefined && (
        <p>
          <a class="go quiet" href={withLanguage(`${testsRoot}/new?retestOf=${asked.id}`, language)}>
            {say("retest")}
          </a>
        </p>
      )}
    </OfficePage>
  )
}

type OneProps = {
  readonly frame: PageFrame
  readonly test: Inspection
  readonly zone: string
  readonly isOfChain: boolean
}

const OneTest: FC<OneProps> = ({ frame, test, zone, isOfChain }) => {
  const { language } = frame
  const say = sayTest(language)
  const photo = `${testsRoot}/${test.id}/photo`
  return (
    <li>
      <div class="row">
        <h2>
          {say("sample")} {test.sampleNumber}
        </h2>
        <ConclusionMark test={test} language={language} />
      </div>
      <Recalled frame={frame} test={test} />
      {isOfChain && <p class="soft">{say(test.supersededBy === null ? "counts" : "superseded")}</p>}
      <dl>
        <Fact term={say("item")} value={`${say("pesticides")} · ${test.method}`} />
        <Fact term={say("result")} value={`${test.inhibitionPermille / 10}%`} />
        <Fact term={say("limit")} value={`${test.limitPermille / 10}%`} />
        <Fact term={say("standard")} value={test.standard} />
        <Fact term={say("ofLot")} value={test.lotId ?? say("ofPile")} />
        <Fact term={say("sampledAt")} value={localMinute(test.sampledAt, zone)} />
        <Fact term={say("testedAt")} value={localMinute(test.testedAt, zone)} />
        <Fact term={say("instrument")} value={test.instrument} />
        <Fact term={say("by")} value={doneBy(test)} />
        <Fact term={say("record")} value={test.recordId} />
      </dl>
      {test.photo !== null && (
        <a class="photo" href={photo}>
          <img loading="lazy" src={photo} width="160" height="120" alt={say("photoOf")} />
        </a>
      )}
    </li>
  )
}

function doneBy({ testerRole, channel, reviewerRole, enteredBy }: Inspection): string {
  return [testerRole, channel, reviewerRole, enteredBy].filter((one) => one !== null).join(" · ")
}

const Recalled: FC<{ frame: PageFrame; test: Inspection }> = ({ frame, test }) => {
  const { language } = frame
  const say = sayTest(language)
  if (test.conclusion !== "failed") return null
  if (test.recallId !== null) {
    return frame.scopes?.includes("recalls:read") ? (
      <p>
        <a class="go" href={withLanguage(`${recallsRoot}/${test.recallId}`, language)}>
          {say("recall")}
        </a>
      </p>
    ) : null
  }
  return (
    <p class="waiting" role="status">
      {stateShapes.waiting} {say(test.recallDue ? "recallDue" : "noRecall")}
    </p>
  )
}
