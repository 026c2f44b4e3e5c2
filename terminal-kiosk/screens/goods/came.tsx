import { weightText } from "../session/goods-names"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { type Came, originText } from "./came-text"

/** From whom, from where, and with which certificates: read before the goods are booked in. */
export function CameFacts({ came }: { readonly came: Came | undefined }) {
  const { terminal } = useKiosk()
  const { line, settings } = useKioskState()
  const { language, weightUnit } = settings
  const say = useWords()
  if (came === undefined) return <p className="notice waiting">◔ {say(line.isOnline ? "cameComing" : "cameLater")}</p>
  const { seller, certificates } = came
  const day = new Intl.DateTimeFormat("sv-SE", { timeZone: terminal.identity.site.zone, dateStyle: "short" })
  const site = language === "zh" ? seller.site : seller.siteEn
  return (
    <dl className="facts">
      <div>
        <dt>{say("seller")}</dt>
        <dd>
          {site} · {seller.stallNumber} {seller.name}
        </dd>
      </div>
      <div>
        <dt>{say("cameFrom")}</dt>
        <dd>{originText(came, say)}</dd>
      </div>
      <div>
        <dt>{say("cameCertificates")}</dt>
        <dd>
          {certificates.length === 0
            ? `? ${say("noCertificates")}`
            : certificates.map(({ origin, issuedAt, mayGrams }) => (
                <span key={`${issuedAt} ${origin}`} className="fact-line">
                  ✓ {origin} {day.format(Date.parse(issuedAt))} · {say("refundAtMost")}{" "}
                  {weightText(mayGrams, weightUnit, language)}
                </span>
              ))}
        </dd>
      </div>
    </dl>
  )
}
