import { type OfficeWord, wayWords } from "@suyuan/look/reconciliation-words"
import type { FC } from "hono/jsx"
import type { DailyStatement, StatementRow } from "../../payments/daily-statement"
import { localMinute, OfficePage, type PageFrame, sayOffice, yuan } from "./office-page"

/** A merchant's business day on one sheet: the same on a phone, on a desk and on A4. */
export const StatementPage: FC<{ statement: DailyStatement; frame: PageFrame }> = ({ statement, frame }) => {
  const { language } = frame
  const say = sayOffice(language)
  const { merchant, site, day, startsAt, endsAt, rows, total } = statement
  return (
    <OfficePage frame={frame} title={`${say("statement")} ${day}`} isSignedIn={frame.path.startsWith("/office/")}>
      <p>
        <strong>{merchant.name}</strong> · {say("stall")} {merchant.stallNumber} ·{" "}
        {language === "zh" ? site.name : site.nameEn}
      </p>
      <p class="soft">
        {say("businessDay")} {day}: {say("from")} <time>{localMinute(startsAt, site.zone)}</time> {say("to")}{" "}
        <time>{localMinute(endsAt, site.zone)}</time>
      </p>
      {!statement.isOver && <p class="waiting">{say("notOver")}</p>}
      <table>
        <thead>
          <tr>
            <th scope="col">{say("way")}</th>
            {columns.map(([word]) => (
              <th scope="col">{say(word)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row name={wayWords[row.way][language]} row={row} frame={frame} />
          ))}
          <Row name={say("total")} row={total} frame={frame} isTotal />
        </tbody>
      </table>
      {total.feesFen === null && <p class="soft">{say("feesFollow")}</p>}
      <p class="soft">{say("dayOfBooks")}</p>
      <nav>
        <a href={`${frame.path}${frame.path.includes("?") ? "&" : "?"}as=csv&lang=${language}`}>CSV</a>
      </nav>
    </OfficePage>
  )
}

/** What stands in each column; an amount that is not known yet is said so, never shown as nothing. */
const columns: readonly (readonly [OfficeWord, (row: StatementRow) => number | null, "count" | "money"])[] = [
  ["count", (row) => row.payments, "count"],
  ["received", (row) => row.receivedFen, "money"],
  ["refunds", (row) => row.refunds, "count"],
  ["refunded", (row) => row.refundedFen, "money"],
  ["fees", (row) => row.feesFen, "money"],
  ["net", (row) => row.netFen, "money"],
]

const Row: FC<{ name: string; row: StatementRow; frame: PageFrame; isTotal?: boolean }> = (props) => {
  const say = sayOffice(props.frame.language)
  const text = (value: number | null, unit: "count" | "money") => {
    if (value === null) return say("notKnownYet")
    return unit === "count" ? String(value) : yuan(value)
  }
  return (
    <tr class={props.isTotal ? "total" : ""}>
      <th scope="row">{props.name}</th>
      {columns.map(([word, of, unit]) => (
        <td data-label={say(word)}>
          <span>{text(of(props.row), unit)}</span>
        </td>
      ))}
    </tr>
  )
}
