import { officeTraceWords } from "@suyuan/look/office-words"
import { problemPageWords, problemWords } from "@suyuan/look/problem-words"
import { stateShapes } from "@suyuan/look/tokens"
import type { WordLanguage } from "@suyuan/look/words"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import type { FC } from "hono/jsx"
import { type ProblemState, type ProblemView, problemStates } from "../../problems/read-problems"
import { linkOfSale } from "./alarm-links"
import { Fact, OfficeItem, OfficeList } from "./office-list"
import { localMinute, OfficePage, type PageFrame, sayOffice, withLanguage, yuan } from "./office-page"

export const problemsRoot = "/office/problems"

type ListProps = {
  readonly frame: PageFrame
  readonly problems: readonly ProblemView[]
  readonly state: ProblemState | undefined
  readonly kept: string
  readonly nextAfter: string | undefined
}

export const ProblemsPage: FC<ListProps> = ({ frame, problems, state, kept, nextAfter }) => {
  const { language } = frame
  const words = { title: problemPageWords.problems[language], nothing: problemPageWords.nothing[language] }
  return (
    <OfficeList
      {...{ frame, root: problemsRoot, states: problemStates, state, kept, nextAfter, ...words }}
      wordOf={(own) => problemPageWords[own][language]}
      isEmpty={problems.length === 0}
    >
      {problems.map((problem) => (
        <OfficeItem
          {...{ language, place: placeOf(problem, language), path: `${problemsRoot}/${problem.id}` }}
          title={problemWords[problem.kind][language]}
          mark={<StateMark state={problem.state} language={language} />}
          look={problemPageWords.look[language]}
        >
          {problem.said !== "" && <p>{problem.said}</p>}
          {problem.photos.length > 0 && (
            <p class="soft">
              {problemPageWords.photos[language]} {problem.photos.length}
            </p>
          )}
        </OfficeItem>
      ))}
    </OfficeList>
  )
}

type ProblemProps = { readonly frame: PageFrame; readonly problem: ProblemView; readonly mayAnswer: boolean }

/** What a buyer says of one purchase, without who bought, and what the office answers. */
export const ProblemPage: FC<ProblemProps> = ({ frame, problem, mayAnswer }) => {
  const { language } = frame
  const { zone } = problem.site
  return (
    <OfficePage frame={frame} title={problemWords[problem.kind][language]} isSignedIn>
      <nav>
        <a href={withLanguage(problemsRoot, language)}>{problemPageWords.problems[language]}</a>
      </nav>
      <p>
        <StateMark state={problem.state} language={language} />
      </p>
      <p class="soft">{placeOf(problem, language)}</p>
      <dl>
        <Fact
          term={problemPageWords.said[language]}
          value={problem.said === "" ? problemPageWords.noWords[language] : problem.said}
        />
        <Fact
          term={problemPageWords.sale[language]}
          value={`${terminalToHex(problem.terminalId)} / ${problem.counter}`}
        />
        <Fact term={problemPageWords.paid[language]} value={yuan(problem.paidFen)} />
        <Fact term={problemPageWords.reportedAt[language]} value={localMinute(problem.createdAt, zone)} />
        {problem.answer !== null && <Fact term={problemPageWords.answer[language]} value={problem.answer} />}
        {problem.answeredBy !== null && <Fact term={sayOffice(language)("doneBy")} value={problem.answeredBy} />}
      </dl>
      <SeeAlso problem={problem} frame={frame} />
      <Photos problem={problem} language={language} />
      {problem.state === "open" &&
        (mayAnswer ? <Answer problem={problem} language={language} /> : <LookOnly {...{ language }} />)}
    </OfficePage>
  )
}

/** The sale's trace, its stall, and the stall's money and alarms. */
const SeeAlso: FC<{ problem: ProblemView; frame: PageFrame }> = ({ problem, frame: { language, scopes = [] } }) => {
  const { terminalId, counter, merchantId, recordId, stall } = problem
  const sale = `${terminalToHex(terminalId)}/${counter}`
  const ofStall = officeTraceWords.ofStall[language].replace("{stall}", `${stall.stallNumber} ${stall.name}`)
  const links = [
    [
      recordId !== null && scopes.includes("traces:read"),
      `/office/traces/${recordId}`,
      linkOfSale(sale, language).words,
    ],
    [
      scopes.includes("merchants:write") || scopes.includes("terminals:write"),
      `/office/merchants/${merchantId}`,
      ofStall,
    ],
    [
      scopes.includes("alarms:read"),
      `/office/alarms?state=all&merchantId=${merchantId}`,
      officeTraceWords.otherAlarms[language],
    ],
  ] as const
  return (
    <>
      {recordId === null && <p class="soft">{officeTraceWords.noRecord[language]}</p>}
      <p class="links">
        {links
          .filter(([isOpen]) => isOpen)
          .map(([, path, words]) => (
            <a href={withLanguage(path, language)}>{words}</a>
          ))}
      </p>
    </>
  )
}

/** Small, and whole in a page of their own; no picture of who bought is asked for, and none is kept in a cache. */
const Photos: FC<{ problem: ProblemView; language: WordLanguage }> = ({ problem, language }) => (
  <>
    {problem.photos.map((position) => {
      const path = `${problemsRoot}/${problem.id}/photos/${position}`
      const label = `${problemPageWords.photo[language]} ${position + 1}`
      return (
        <a class="photo" href={path}>
          <img loading="lazy" src={path} width="160" height="120" alt={label} />
        </a>
      )
    })}
  </>
)

const LookOnly: FC<{ language: WordLanguage }> = ({ language }) => <p class="soft">{sayOffice(language)("lookOnly")}</p>

const Answer: FC<{ problem: ProblemView; language: WordLanguage }> = ({ problem, language }) => (
  <section class="effect">
    <h2>{problemPageWords.send[language]}</h2>
    <p class="soft">{problemPageWords.once[language]}</p>
    <form method="post" action={withLanguage(`${problemsRoot}/${problem.id}`, language)} class="ask">
      <label class="wide">
        {problemPageWords.answer[language]}
        <textarea name="answer" rows={4} required maxlength={200} autocomplete="off" />
      </label>
      <label class="tick wide">
        <input type="checkbox" name="sure" value="1" required />
        {problemPageWords.sure[language]}
      </label>
      <button type="submit">{problemPageWords.send[language]}</button>
    </form>
  </section>
)

const StateMark: FC<{ state: ProblemState; language: WordLanguage }> = ({ state, language }) => (
  <span class={state === "open" ? "bad" : "good"}>
    {state === "open" ? stateShapes.waiting : stateShapes.paid} {problemPageWords[state][language]}
  </span>
)

function placeOf({ day, site, stall }: ProblemView, language: WordLanguage): string {
  return [day, language === "zh" ? site.name : site.nameEn, `${stall.stallNumber} ${stall.name}`].join(" · ")
}
