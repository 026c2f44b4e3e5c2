import { officeNavWords } from "@suyuan/look/office-nav-words"
import { officeTraceWords } from "@suyuan/look/office-words"
import {
  differenceWords,
  itemStateWords,
  moneyStateWords,
  readingWords,
  wayWords,
} from "@suyuan/look/reconciliation-words"
import { stateShapes } from "@suyuan/look/tokens"
import type { WordLanguage } from "@suyuan/look/words"
import type { FC } from "hono/jsx"
import { platforms } from "../../payments/payment-provider"
import { sayRepair } from "../../payments/propose-repair"
import { booksNow, type ProposedItem, type ReconciledDay } from "../../payments/read-reconciliation"
import { Fact } from "./office-list"
import { localMinute, OfficePage, type PageFrame, sayOffice, withLanguage, yuan } from "./office-page"

/** Bills are of days in China, wherever the reader sits. */
const zone = "Asia/Shanghai"
const root = "/office/reconciliations"
const pathOf = ({ platform, day }: Pick<ReconciledDay, "platform" | "day">) => `${root}/${platform}/${day}`
const kinds = ["missing-here", "missing-there", "amount-differs", "state-differs"] as const
type Kind = (typeof kinds)[number]

type SignInProps = {
  readonly frame: PageFrame
  readonly next: string | undefined
  readonly isRefused: boolean
  /** Signed in with a token that opens nothing here. */
  readonly hasNoPages: boolean
}

export const SignInPage: FC<SignInProps> = ({ frame, next, isRefused, hasNoPages }) => {
  const say = sayOffice(frame.language)
  return (
    <OfficePage frame={frame} title={say("signIn")}>
      {isRefused && (
        <p class="bad" role="alert">
          {stateShapes.refused} {say("tokenRefused")}
        </p>
      )}
      {hasNoPages && (
        <p class="bad" role="alert">
          {stateShapes.refused} {officeNavWords.noPages[frame.language]}
        </p>
      )}
      <form method="post" action={withLanguage("/office/session", frame.language)} class="ask">
        {next !== undefined && <input type="hidden" name="next" value={next} />}
        <label>
          {say("token")}
          <input type="password" name="token" required maxlength={512} autocomplete="off" />
        </label>
        <button type="submit">{say("signIn")}</button>
      </form>
      <p class="soft">{say("tokenHint")}</p>
    </OfficePage>
  )
}

type DaysProps = {
  readonly frame: PageFrame
  readonly days: readonly ReconciledDay[]
  /** Whether the reader may run one. */
  readonly mayRun: boolean
  readonly yesterday: string
  readonly nextBefore: string | undefined
}

export const ReconciliationsPage: FC<DaysProps> = ({ frame, days, mayRun, yesterday, nextBefore }) => {
  const { language } = frame
  const say = sayOffice(language)
  return (
    <OfficePage frame={frame} title={say("reconciliations")} isSignedIn>
      {mayRun && (
        <form method="post" action={withLanguage(root, language)} class="ask">
          <label>
            {say("platform")}
            <select name="platform">
              {platforms.map((platform) => (
                <option value={platform}>{wayWords[platform][language]}</option>
              ))}
            </select>
          </label>
          <label>
            {say("day")}
            <input type="date" name="day" required value={yesterday} max={yesterday} />
          </label>
          <button type="submit">{say("run")}</button>
        </form>
      )}
      {days.length === 0 && <p class="soft">{say("noDays")}</p>}
      <ol class="cards">
        {days.map((day) => (
          <li>
            <div class="row">
              <a href={withLanguage(pathOf(day), language)}>
                {day.day} {wayWords[day.platform][language]}
              </a>
              <ReadingState day={day} language={language} />
            </div>
          </li>
        ))}
      </ol>
      {nextBefore !== undefined && (
        <nav>
          <a href={withLanguage(`${root}?before=${nextBefore}`, language)}>{say("more")}</a>
        </nav>
      )}
    </OfficePage>
  )
}

const ReadingState: FC<{ day: ReconciledDay; language: WordLanguage }> = ({ day, language }) => {
  const say = sayOffice(language)
  const { reading, openItems } = day
  const isDone = reading.state === "reconciled"
  if (isDone && openItems > 0) {
    return (
      <span class="bad">
        {stateShapes.refused} {openItems} {say("openItems")}
      </span>
    )
  }
  return (
    <span class={isDone ? "good" : "waiting"}>
      {isDone ? stateShapes.paid : stateShapes.waiting} {readingWords[reading.state][language]}
      {reading.cause !== null && ` (${reading.cause})`}
    </span>
  )
}

type DayProps = {
  readonly frame: PageFrame
  readonly about: ReconciledDay
  readonly items: readonly ProposedItem[]
  readonly kind: Kind | undefined
  readonly nextAfter: string | undefined
}

export const ReconciliationPage: FC<DayProps> = ({ frame, about, items, kind, nextAfter }) => {
  const { language } = frame
  const say = sayOffice(language)
  const { reading, totals } = about
  const path = pathOf(about)
  const filtered = (own: Kind | undefined) => (own === undefined ? path : `${path}?kind=${own}`)
  return (
    <OfficePage frame={frame} title={`${about.day} ${wayWords[about.platform][language]}`} isSignedIn>
      <nav>
        <a href={withLanguage(root, language)}>{say("back")}</a>
      </nav>
      <p>
        <ReadingState day={about} language={language} />
      </p>
      <dl>
        <Fact
          term={say("askedAt")}
          value={`${localMinute(reading.triedAt, zone)} · ${say("tries")} ${reading.tries}`}
        />
        {totals !== undefined && <Fact term={say("matched")} value={String(totals.matched)} />}
        <Fact term={say("differences")} value={String(about.items)} />
        <Fact term={say("openItems")} value={String(about.openItems)} />
        {totals !== undefined && <Fact term={say("paid")} value={yuan(totals.paidFen)} />}
        {totals !== undefined && <Fact term={say("givenBack")} value={yuan(totals.refundedFen)} />}
        {totals !== undefined && <Fact term={say("fees")} value={yuan(totals.feesFen)} />}
      </dl>
      <nav aria-label={say("differences")}>
        {[undefined, ...kinds].map((own) => (
          <a href={withLanguage(filtered(own), language)} {...(own === kind && { "aria-current": "page" })}>
            {own === undefined ? say("all") : differenceWords[own][language]}
          </a>
        ))}
      </nav>
      {items.length === 0 && <p class="soft">{say("nothing")}</p>}
      <ol class="cards">
        {items.map((proposed) => (
          <li>
            <div class="row">
              <strong>{differenceWords[proposed.item.kind][language]}</strong>
              <ItemState proposed={proposed} language={language} />
            </div>
            <Sides proposed={proposed} language={language} />
            {proposed.proposal !== undefined && <p>{sayRepair(proposed.item, proposed.proposal, language)}</p>}
            <nav>
              <a href={withLanguage(`${path}/items/${proposed.item.id}`, language)}>{say("look")}</a>
            </nav>
          </li>
        ))}
      </ol>
      {nextAfter !== undefined && (
        <nav>
          <a href={withLanguage(`${path}?${kind === undefined ? "" : `kind=${kind}&`}after=${nextAfter}`, language)}>
            {say("more")}
          </a>
        </nav>
      )}
    </OfficePage>
  )
}

type ItemProps = {
  readonly frame: PageFrame
  readonly proposed: ProposedItem
  readonly mayRepair: boolean
  /** Whose money it is, and the business day on whose statement it stands; none where it is not ours. */
  readonly statement: { readonly merchantId: string; readonly day: string } | undefined
  /** The platform was asked just now and gave no result. */
  readonly isStillOpen: boolean
}

/** The confirm step: everything that the repair will do stands here before its button. */
export const ReconciliationItemPage: FC<ItemProps> = ({ frame, proposed, mayRepair, statement, isStillOpen }) => {
  const { language } = frame
  const say = sayOffice(language)
  const { item, proposal } = proposed
  const path = pathOf(item)
  return (
    <OfficePage frame={frame} title={differenceWords[item.kind][language]} isSignedIn>
      <nav>
        <a href={withLanguage(path, language)}>
          {item.day} {wayWords[item.platform][language]}
        </a>
      </nav>
      <p>
        <ItemState proposed={proposed} language={language} />
      </p>
      <Sides proposed={proposed} language={language} />
      <dl>
        <Fact term={say("account")} value={item.payeeAccount} />
        {item.repairedBy !== null && <Fact term={say("doneBy")} value={item.repairedBy} />}
        {item.repairedAt !== null && <Fact term={say("state")} value={localMinute(item.repairedAt, zone)} />}
      </dl>
      {statement !== undefined && (
        <p class="links">
          <a href={withLanguage(`/office/statements/${statement.merchantId}/${statement.day}`, language)}>
            {officeTraceWords.statementOfMoney[language]}
          </a>
          <a href={withLanguage(`/office/statements/${statement.merchantId}/${statement.day}?as=csv`, language)}>
            {officeTraceWords.statementCsv[language]}
          </a>
        </p>
      )}
      {isStillOpen && item.state === "open" && (
        <p class="waiting" role="status">
          {stateShapes.waiting} {say("stillOpen")}
        </p>
      )}
      {proposal !== undefined && (
        <section class="effect">
          <h2>{say("effect")}</h2>
          <p>{sayRepair(item, proposal, language)}</p>
          {proposal.effect !== "hand-over" && <p class="soft">{say("otherwise")}</p>}
          {mayRepair ? (
            <form method="post" action={withLanguage(`${path}/items/${item.id}/repair`, language)} class="ask">
              <input type="hidden" name="shown" value={proposal.shown} />
              <button type="submit">{say("confirm")}</button>
            </form>
          ) : (
            <p class="soft">{say("lookOnly")}</p>
          )}
        </section>
      )}
    </OfficePage>
  )
}

const itemShapes = { open: stateShapes.waiting, repaired: stateShapes.paid, alarmed: stateShapes.refused } as const
const itemClasses = { open: "waiting", repaired: "good", alarmed: "bad" } as const

const ItemState: FC<{ proposed: ProposedItem; language: WordLanguage }> = ({ proposed: { item }, language }) => (
  <span class={itemClasses[item.state]}>
    {itemShapes[item.state]} {itemStateWords[item.state][language]}
  </span>
)

const Sides: FC<{ proposed: ProposedItem; language: WordLanguage }> = ({ proposed, language }) => {
  const say = sayOffice(language)
  const { item } = proposed
  const isRefund = item.outRefundNo !== ""
  const side = (state: string | null, fen: number | null) => {
    if (state === null) return say("nowhere")
    const word = moneyStateWords[state as keyof typeof moneyStateWords]?.[language] ?? state
    return fen === null ? word : `${word} ${yuan(fen)}`
  }
  const now = booksNow(proposed)
  return (
    <dl>
      <Fact term={say(isRefund ? "refund" : "payment")} value={isRefund ? item.outRefundNo : item.outTradeNo} />
      <Fact term={say("books")} value={side(item.hereState, item.hereFen)} />
      <Fact term={say("bill")} value={side(item.thereState, item.thereFen)} />
      <Fact term={say("booksNow")} value={side(now?.state ?? null, now?.amountFen ?? null)} />
    </dl>
  )
}
