import { displayWords } from "@suyuan/look/display-words"
import { displayMessage } from "../display/tell-display"
import { TurningCode } from "../parts/turning-code"
import { useKiosk, useKioskState } from "../session/use-kiosk"

/** One tablet between two people: its half of the screen tells the customer what a customer's screen tells. */
export function TurnedSide() {
  const kiosk = useKiosk()
  // What was heard meanwhile counts.
  useKioskState()
  const { language, stall, site, development, total, lines, url } = displayMessage(kiosk)
  return (
    <div className="turned-side">
      <p className="turned-head">
        <strong>{stall}</strong> <small>{site}</small>
        {development && <small className="demo">{displayWords.demo[language]}</small>}
      </p>
      <p className="amount">{total}</p>
      {url !== "" && (
        <>
          <TurningCode url={url} label={displayWords.scanToPay[language]} language={language} />
          <p className="code-hint">{displayWords.scanToPay[language]}</p>
        </>
      )}
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
