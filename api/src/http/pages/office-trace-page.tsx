import { officeTraceWords } from "@suyuan/look/office-words"
import { stateShapes } from "@suyuan/look/tokens"
import { words } from "@suyuan/look/words"
import type { FC } from "hono/jsx"
import type { Trace } from "../../trace/read-trace"
import { OfficePage, type PageFrame, withLanguage } from "./office-page"
import { BarPatterns } from "./origin-bars"
import { recallsRoot } from "./recall-parts"
import { LineTrace, Seal, tracePartStyle } from "./trace-page"

type TraceProps = {
  readonly frame: PageFrame
  /** As a share shows it: it says neither who bought nor for how much. */
  readonly trace: Trace
}

/** Where one sale's goods came from, for who has to find out; and where else its lots went. */
export const OfficeTracePage: FC<TraceProps> = ({ frame, trace }) => {
  const { language, scopes = [] } = frame
  const whereTo = (lotId: string) =>
    scopes.includes("recalls:read") && (
      <a href={withLanguage(`${recallsRoot}/look?kind=lots&lotIds=${lotId}`, language)}>
        {officeTraceWords.where[language]}
      </a>
    )
  return (
    <OfficePage frame={frame} title={officeTraceWords.trace[language]} ownStyle={tracePartStyle} isSignedIn>
      <BarPatterns />
      <p>
        {language === "zh" ? trace.stall.site : trace.stall.siteEn} · {trace.stall.number} {trace.stall.name} ·{" "}
        {words.soldOn[language]} <time>{trace.soldAt.slice(0, 10)}</time>
      </p>
      {trace.originStatements.length === 0 && (
        <p class="waiting">
          {stateShapes.waiting} {words.originProvisional[language]}
        </p>
      )}
      {trace.lines.map((line) => (
        <>
          <LineTrace line={line} zone={trace.stall.zone} soldAt={trace.soldAt} language={language} />
          {line.origin !== null && line.origin.sources.length > 0 && (
            <ul class="lines">
              {line.origin.sources.map(({ lotId }) => (
                <li>
                  <small>
                    {officeTraceWords.lot[language]} {lotId}
                  </small>
                  {whereTo(lotId)}
                </li>
              ))}
            </ul>
          )}
          {line.chosenLot !== null && (
            <p>
              {officeTraceWords.chosenLot[language]} {line.chosenLot}{" "}
              {line.origin?.sources.some(({ lotId }) => lotId === line.chosenLot) ? null : (
                <>
                  <strong class="waiting">
                    {stateShapes.waiting} {officeTraceWords.notInBooks[language]}
                  </strong>{" "}
                  {whereTo(line.chosenLot)}
                </>
              )}
            </p>
          )}
        </>
      ))}
      <p class="soft">{words.ifNothingOffTheBooks[language]}</p>
      <Seal trace={trace} language={language} />
    </OfficePage>
  )
}
