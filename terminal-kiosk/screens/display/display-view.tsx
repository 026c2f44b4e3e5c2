import { displayWords } from "@suyuan/look/display-words"
import type { DisplayMessage } from "../../src/display/display-message"
import { TurningCode } from "../parts/turning-code"
import { lookOf } from "./display-looks"
import { StallPicture } from "./stall-picture"

type DisplayViewProps = {
  readonly shown: DisplayMessage
  /** No word from the seller's tablet: a code that still stands here may be another customer's. */
  readonly isAway: boolean
}

/** A failure is not said in green. */
function testsClass(tests: string): string {
  return tests.startsWith("✕") ? "display-tests bad" : "display-tests"
}

/** What the customer sees: finished text, and the code. */
export function DisplayView({ shown, isAway }: DisplayViewProps) {
  const { state, language, lines } = shown
  const look = lookOf(shown, isAway)
  return (
    <main className={`display ${state}`}>
      <header>
        {state !== "idle" && <StallPicture path={shown.photo} className="display-photo" />}
        <h1>{shown.stall}</h1>
        <p className="soft">{shown.site}</p>
        {shown.development && <p className="demo">{displayWords.demo[language]}</p>}
      </header>
      {state === "idle" ? (
        <div className="display-idle">
          <StallPicture path={shown.photo} className="display-photo" />
          <p className="display-welcome">{displayWords[isAway ? "away" : "welcome"][language]}</p>
        </div>
      ) : (
        <div className="display-body">
          <section>
            <p className="amount">{shown.total}</p>
            <p className={`standing tone-${look.tone}`} role="status">
              <span aria-hidden="true">{look.shape}</span> {displayWords[look.word][language]}
            </p>
            {isAway && <p className="soft">{displayWords.awayHint[language]}</p>}
            <ul className="display-lines">
              {lines.map((line, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the message is shown as it came
                <li key={index}>
                  <span className="display-name">{line.name}</span>
                  <strong>{line.amount}</strong>
                  <small>
                    {line.origin === ""
                      ? displayWords.originUnknown[language]
                      : `${displayWords.declaredOrigin[language]} ${line.origin}`}
                  </small>
                  <span>
                    {line.quantity} × {line.price}
                  </span>
                  {line.tests !== "" && <small className={testsClass(line.tests)}>{line.tests}</small>}
                </li>
              ))}
            </ul>
          </section>
          {shown.url !== "" && !isAway && (
            <section className="display-code">
              <TurningCode
                key={shown.url}
                url={shown.url}
                label={displayWords.scanToPay[language]}
                language={language}
              />
            </section>
          )}
        </div>
      )}
    </main>
  )
}
