import { displayWords } from "@suyuan/look/display-words"
import { lookOf } from "../display/display-looks"
import { StallPicture } from "../display/stall-picture"
import { displayMessage } from "../display/tell-display"
import { TurningCode } from "../parts/turning-code"
import { useKiosk, useKioskState } from "../session/use-kiosk"

/** One tablet between two people: its half of the screen tells the customer what a customer's screen tells. */
export function TurnedSide() {
  const kiosk = useKiosk()
  // What was heard meanwhile counts.
  useKioskState()
  const shown = displayMessage(kiosk)
  const { language, stall, site, photo, development, total, lines, url } = shown
  const look = lookOf(shown)
  return (
    <div className="turned-side">
      <p className="turned-head">
        <StallPicture path={photo} className="turned-photo" />
        <strong>{stall}</strong> <small>{site}</small>
        {development && <small className="demo">{displayWords.demo[language]}</small>}
      </p>
      <p className="amount">{total}</p>
      {url === "" ? (
        <p className={`big-shape tone-${look.tone}`} aria-hidden="true">
          {look.shape}
        </p>
      ) : (
        <TurningCode url={url} label={displayWords.scanToPay[language]} language={language} />
      )}
      <p className={`turned-standing tone-${look.tone}`}>
        <span aria-hidden="true">{look.shape}</span> {displayWords[look.word][language]}
      </p>
      <ul className="turned-lines">
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a signed sale never change
          <li key={index}>
            <span>
              {line.name} {line.quantity} <strong>{line.amount}</strong>
            </span>
            <small>
              {line.origin === ""
                ? displayWords.originUnknown[language]
                : `${displayWords.declaredOrigin[language]} ${line.origin}`}
              {line.tests !== "" && ` · ${line.tests}`}
            </small>
          </li>
        ))}
      </ul>
    </div>
  )
}
