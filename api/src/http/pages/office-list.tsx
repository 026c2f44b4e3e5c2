import { officeTraceWords } from "@suyuan/look/office-words"
import type { WordLanguage } from "@suyuan/look/words"
import type { Child, FC, PropsWithChildren } from "hono/jsx"
import { OfficePage, type PageFrame, sayOffice, withLanguage } from "./office-page"

type OfficeListProps<State extends string> = PropsWithChildren<{
  readonly frame: PageFrame
  readonly root: string
  readonly title: string
  readonly states: readonly State[]
  readonly wordOf: (state: State) => string
  /** Left out: all of them. */
  readonly state: State | undefined
  /** Said where none is in this state. */
  readonly nothing: string
  readonly isEmpty: boolean
  /** What else was asked for; empty, or as `&name=value`. */
  readonly kept?: string
  readonly nextAfter: string | undefined
}>

/** What waits for somebody, by its state, page by page; its children are the list's items. */
export function OfficeList<State extends string>(props: OfficeListProps<State>) {
  const { frame, root, title, states, wordOf, state, nothing, isEmpty, kept = "", nextAfter, children } = props
  const { language } = frame
  const say = sayOffice(language)
  const filtered = (own: State | undefined) => `${root}?state=${own ?? "all"}${kept}`
  return (
    <OfficePage frame={frame} title={title} isSignedIn>
      <nav aria-label={say("state")}>
        {[...states, undefined].map((own) => (
          <a href={withLanguage(filtered(own), language)} {...(own === state && { "aria-current": "page" })}>
            {own === undefined ? say("all") : wordOf(own)}
          </a>
        ))}
      </nav>
      {kept !== "" && (
        <p class="soft">
          {officeTraceWords.onlyStall[language]}{" "}
          <a href={withLanguage(`${root}?state=${state ?? "all"}`, language)}>{officeTraceWords.showAll[language]}</a>
        </p>
      )}
      {isEmpty && <p class="soft">{nothing}</p>}
      <ol class="cards">{children}</ol>
      {nextAfter !== undefined && (
        <nav>
          <a href={withLanguage(`${filtered(state)}&after=${nextAfter}`, language)}>{say("more")}</a>
        </nav>
      )}
    </OfficePage>
  )
}

type OfficeItemProps = PropsWithChildren<{
  readonly title: string
  readonly mark: Child
  readonly place: string
  readonly path: string
  /** Words of the link to it. */
  readonly look: string
  readonly language: WordLanguage
}>

export const OfficeItem: FC<OfficeItemProps> = ({ title, mark, place, path, look, language, children }) => (
  <li>
    <div class="row">
      <strong>{title}</strong>
      {mark}
    </div>
    <p class="soft">{place}</p>
    {children}
    <p class="links">
      <a href={withLanguage(path, language)}>{look}</a>
    </p>
  </li>
)

export const Fact: FC<{ term: string; value: string }> = ({ term, value }) => (
  <div>
    <dt>{term}</dt>
    <dd>{value}</dd>
  </div>
)
