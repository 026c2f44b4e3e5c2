import { alarmPageWords, alarmStateWords, alarmWords } from "@suyuan/look/alarm-words"
import { stateShapes } from "@suyuan/look/tokens"
import type { WordLanguage } from "@suyuan/look/words"
import type { FC } from "hono/jsx"
import { evidenceSchemas } from "../../alarms/evidence"
import { type AlarmState, type AlarmView, alarmStates } from "../../alarms/read-alarms"
import { sayAlarm, sayEvidence } from "../../alarms/say-alarm"
import type { Hold } from "../../recalls/holds"
import { AlarmLinks } from "./alarm-links"
import { Fact, OfficeItem, OfficeList } from "./office-list"
import { localMinute, OfficePage, type PageFrame, sayOffice, withLanguage } from "./office-page"

export const alarmsRoot = "/office/alarms"
const noZone = "Asia/Shanghai"
const shapes = {
  new: stateShapes.refused,
  "looked-at": stateShapes.waiting,
  explained: stateShapes.paid,
  confirmed: stateShapes.refused,
} as const
const classes = { new: "bad", "looked-at": "waiting", explained: "good", confirmed: "bad" } as const

type ListProps = {
  readonly frame: PageFrame
  readonly alarms: readonly AlarmView[]
  readonly state: AlarmState | undefined
  readonly kept: string
  readonly nextAfter: string | undefined
}

export const AlarmsPage: FC<ListProps> = ({ frame, alarms, state, kept, nextAfter }) => {
  const { language } = frame
  const words = { title: alarmPageWords.alarms[language], nothing: alarmPageWords.nothing[language] }
  return (
    <OfficeList
      {...{ frame, root: alarmsRoot, states: alarmStates, state, kept, nextAfter, ...words }}
      wordOf={(own) => alarmStateWords[own][language]}
      isEmpty={alarms.length === 0}
    >
      {alarms.map((alarm) => (
        <OfficeItem
          {...{ language, place: placeOf(alarm, language), path: `${alarmsRoot}/${alarm.id}` }}
          title={alarmWords[alarm.kind].title[language]}
          mark={<AlarmStateMark alarm={alarm} language={language} />}
          look={alarmPageWords.look[language]}
        >
          <p>{sayAlarm(alarm, language)}</p>
          {!alarm.holds && <p class="soft">{alarmPageWords.right[language]}</p>}
        </OfficeItem>
      ))}
    </OfficeList>
  )
}

type AlarmProps = {
  readonly frame: PageFrame
  readonly alarm: AlarmView
  readonly mayDecide: boolean
  readonly holds: readonly Hold[]
}

/** What was found, by which figures, and what a person may say of it. */
export const AlarmPage: FC<AlarmProps> = ({ frame, alarm, mayDecide, holds }) => {
  const { language } = frame
  const say = sayOffice(language)
  const zone = alarm.site?.zone ?? noZone
  const words = alarmWords[alarm.kind]
  return (
    <OfficePage frame={frame} title={words.title[language]} isSignedIn>
      <nav>
        <a href={withLanguage(alarmsRoot, language)}>{alarmPageWords.alarms[language]}</a>
      </nav>
      <p>
        <AlarmStateMark alarm={alarm} language={language} />
      </p>
      <p class="soft">{placeOf(alarm, language)}</p>
      <p>{sayAlarm(alarm, language)}</p>
      <p>{words.todo[language]}</p>
      {!alarm.holds && (
        <p class="good" role="status">
          {stateShapes.paid} {alarmPageWords.right[language]}
        </p>
      )}
      {alarm.state === "new" && alarm.note !== null && (
        <p class="waiting" role="status">
          {stateShapes.waiting} {alarmPageWords.again[language]}
        </p>
      )}
      <h2>{alarmPageWords.evidence[language]}</h2>
      <dl>
        {sayEvidence(alarm, language).map(({ name, value }) => (
          <Fact term={name} value={value} />
        ))}
        <Fact term={alarmPageWords.raised[language]} value={localMinute(alarm.raisedAt, zone)} />
        <Fact term={alarmPageWords.changed[language]} value={localMinute(alarm.changedAt, zone)} />
        {alarm.decidedBy !== null && <Fact term={say("doneBy")} value={alarm.decidedBy} />}
        {alarm.decidedAt !== null && (
          <Fact term={alarmPageWords.decided[language]} value={localMinute(alarm.decidedAt, zone)} />
        )}
        {alarm.note !== null && <Fact term={alarmPageWords.note[language]} value={alarm.note} />}
      </dl>
      <AlarmLinks {...{ frame, alarm, holds }} />
      <Resumption frame={frame} alarm={alarm} />
      {mayDecide ? <Decision alarm={alarm} language={language} /> : <p class="soft">{say("lookOnly")}</p>}
    </OfficePage>
  )
}

/** Number of the refund that an alarm says has failed. */
export function failedRefundOf({ kind, evidence }: Pick<AlarmView, "kind" | "evidence">): string | undefined {
  if (kind !== "payment") return undefined
  const { reason, number } = evidenceSchemas[kind].parse(evidence)
  return reason === "payments/refund-failed" ? number : undefined
}

const Resumption: FC<{ frame: PageFrame; alarm: AlarmView }> = ({ frame: { language, scopes = [] }, alarm }) => {
  if (failedRefundOf(alarm) === undefined || !scopes.includes("payments:reconcile")) return null
  return (
    <section class="effect">
      <h2>{alarmPageWords.resumeRefund[language]}</h2>
      <p>{alarmPageWords.resumeEffect[language]}</p>
      <form method="post" action={withLanguage(`${alarmsRoot}/${alarm.id}/resume-refund`, language)} class="ask">
        <label>
          {alarmPageWords.resumeReason[language]}
          <input type="text" name="reason" required maxlength={200} autocomplete="off" />
        </label>
        <button type="submit">{alarmPageWords.resumeRefund[language]}</button>
      </form>
    </section>
  )
}

const Decision: FC<{ alarm: AlarmView; language: WordLanguage }> = ({ alarm, language }) => {
  if (alarm.state === "explained" || alarm.state === "confirmed") return null
  return (
    <section class="effect">
      <h2>{alarmPageWords.decide[language]}</h2>
      <form method="post" action={withLanguage(`${alarmsRoot}/${alarm.id}`, language)} class="ask">
        <input type="hidden" name="version" value={String(alarm.version)} />
        {alarm.state === "new" ? (
          <button type="submit" name="state" value="looked-at">
            {alarmPageWords.lookedAt[language]}
          </button>
        ) : (
          <>
            <label>
              {alarmPageWords.note[language]}
              <input type="text" name="note" required maxlength={200} autocomplete="off" />
            </label>
            <button type="submit" name="state" value="explained">
              {alarmPageWords.explain[language]}
            </button>
            <button type="submit" name="state" value="confirmed">
              {alarmPageWords.confirm[language]}
            </button>
          </>
        )}
      </form>
    </section>
  )
}

const AlarmStateMark: FC<{ alarm: AlarmView; language: WordLanguage }> = ({ alarm: { state }, language }) => (
  <span class={classes[state]}>
    {shapes[state]} {alarmStateWords[state][language]}
  </span>
)

function placeOf({ day, site, stall }: AlarmView, language: WordLanguage): string {
  const where = site === null ? alarmPageWords.noSite[language] : language === "zh" ? site.name : site.nameEn
  return [day, where, ...(stall === null ? [] : [`${stall.stallNumber} ${stall.name}`])].join(" · ")
}
