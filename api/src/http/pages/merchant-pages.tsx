import {
  merchantPageWords,
  merchantStateWords,
  newStallWords,
  payeeFormWords,
  payeeModeWords,
  stallChangeWords,
} from "@suyuan/look/merchant-page-words"
import { wayWords } from "@suyuan/look/reconciliation-words"
import { stateShapes } from "@suyuan/look/tokens"
import type { WordLanguage } from "@suyuan/look/words"
import { raw } from "hono/html"
import type { FC } from "hono/jsx"
import type { Merchant } from "../../merchants/add-merchant"
import type { PayeeDescription } from "../../merchants/describe-payee"
import type { StallName } from "../../merchants/name-stalls"
import type { Site } from "../../participants/add-site"
import { type Platform, platforms } from "../../payments/payment-provider"
import type { Hold } from "../../recalls/holds"
import type { Terminal } from "../../terminals/authenticate"
import { Fact } from "./office-list"
import { OfficePage, type PageFrame, sayOffice, withLanguage } from "./office-page"
import { AskedForm, SiteSelect, sayPart, siteNameOf } from "./office-parts"
import { recallsRoot } from "./recall-parts"
import { merchantsRoot, sayMerchant, TerminalCards } from "./terminal-pages"

type ListProps = {
  readonly frame: PageFrame
  readonly sites: readonly Site[]
  readonly siteId: string | undefined
  readonly text: string
  readonly merchants: readonly Merchant[]
  readonly terminals: readonly Terminal[]
  /** Those whose fingerprint somebody has to compare, with their stalls. */
  readonly waiting: readonly Terminal[]
  readonly stalls: ReadonlyMap<string, StallName>
  readonly nextAfter: string | undefined
}

export const MerchantsPage: FC<ListProps> = (props) => {
  const { frame, sites, siteId, text, merchants, terminals, waiting, stalls, nextAfter } = props
  const { language } = frame
  const say = sayMerchant(language)
  const part = sayPart(language)
  const siteOf = new Map(sites.map((site) => [site.id, site]))
  return (
    <OfficePage frame={frame} title={say("merchants")} isSignedIn>
      {waiting.length > 0 && (
        <section class="effect">
          <h2>
            {stateShapes.waiting} {say("waiting")}
          </h2>
          <TerminalCards {...{ terminals: waiting, stalls, siteOf, language }} />
        </section>
      )}
      <AskedForm path={merchantsRoot} language={language}>
        <SiteSelect {...{ sites, siteId, language }} withAll />
        <label>
          {say("find")}
          <input type="text" name="text" value={text} maxlength={64} autocomplete="off" />
        </label>
      </AskedForm>
      {frame.scopes?.includes("merchants:write") && (
        <p>
          <a class="go quiet" href={withLanguage(`${merchantsRoot}/new?siteId=${siteId ?? ""}`, language)}>
            {newStallWords.new[language]}
          </a>
        </p>
      )}
      {merchants.length === 0 && <p class="soft">{say("nothing")}</p>}
      <ol class="cards">
        {merchants.map((merchant) => {
          const own = terminals.filter(({ merchantId }) => merchantId === merchant.id)
          const site = siteOf.get(merchant.siteId)
          return (
            <li>
              <div class="row">
                <strong>
                  {merchant.stallNumber} {merchant.name}
                </strong>
                <StallState merchant={merchant} language={language} />
              </div>
              <p class="soft">
                {site && siteNameOf(site, language)} · {say("terminals")} {own.length}
              </p>
              <TerminalCards {...{ terminals: own, siteOf, language }} />
              <p class="links">
                <a href={withLanguage(`${merchantsRoot}/${merchant.id}`, language)}>
                  {part("look")} {merchant.stallNumber} {merchant.name}
                </a>
              </p>
            </li>
          )
        })}
      </ol>
      {nextAfter !== undefined && (
        <nav>
          <a
            href={withLanguage(
              `${merchantsRoot}?siteId=${siteId ?? ""}&text=${encodeURIComponent(text)}&after=${nextAfter}`,
              language,
            )}
          >
            {sayOffice(language)("more")}
          </a>
        </nav>
      )}
    </OfficePage>
  )
}

const StallState: FC<{ merchant: Merchant; language: WordLanguage }> = ({ merchant: { state }, language }) => (
  <span class={state === "active" ? "good" : "bad"}>
    {state === "active" ? stateShapes.paid : stateShapes.refused} {merchantStateWords[state][language]}
  </span>
)

type StallProps = {
  readonly frame: PageFrame
  readonly merchant: Merchant
  readonly site: Site
  readonly terminals: readonly Terminal[]
  /** Left out for who may not see them. */
  readonly payees?: readonly (PayeeDescription & { readonly platform: Platform })[] | undefined
  readonly holds: readonly Hold[]
  /** Business days of the site. */
  readonly today: string
  readonly yesterday: string
}

/** A stall: whether it sells, by which terminals, into which accounts; and every page that speaks of it. */
export const StallPage: FC<StallProps> = ({ frame, merchant, site, terminals, payees, holds, today, yesterday }) => {
  const { language, scopes = [] } = frame
  const say = sayMerchant(language)
  const path = `${merchantsRoot}/${merchant.id}`
  const change = merchant.state === "active" ? "suspend" : "resume"
  const links = [
    ["payments:read", say("statement"), `/office/statements/${merchant.id}/${today}`],
    ["payments:read", say("yesterday"), `/office/statements/${merchant.id}/${yesterday}`],
    ["traces:read", say("balance"), `/office/balance?siteId=${site.id}&day=${today}`],
    ["alarms:read", say("alarms"), `/office/alarms?state=all&merchantId=${merchant.id}`],
    ["problems:read", say("problems"), `/office/problems?state=all&merchantId=${merchant.id}`],
  ] as const
  return (
    <OfficePage frame={frame} title={`${merchant.stallNumber} ${merchant.name}`} isSignedIn>
      <nav>
        <a href={withLanguage(merchantsRoot, language)}>{say("merchants")}</a>
      </nav>
      <p>
        {siteNameOf(site, language)} · <StallState merchant={merchant} language={language} />
      </p>
      {holds.length > 0 && (
        <p class="bad">
          {stateShapes.refused} {say("held")}：
          {[...new Map(holds.map((hold) => [hold.recallId, hold.reason]))].map(([id, reason]) =>
            scopes.includes("recalls:read") ? (
              <a href={withLanguage(`${recallsRoot}/${id}`, language)}>{reason}</a>
            ) : (
              reason
            ),
          )}
        </p>
      )}
      {scopes.includes("terminals:write") && (
        <>
          <h2>{say("terminals")}</h2>
          {terminals.length === 0 && <p class="soft">{say("noTerminals")}</p>}
          <TerminalCards {...{ terminals, siteOf: new Map([[site.id, site]]), language }} />
          {merchant.state === "active" && (
            <form method="post" action={withLanguage(`${path}/claim-codes`, language)} class="ask">
              <button type="submit">{say("issue")}</button>
              <span class="soft">{say("issueMeans")}</span>
            </form>
          )}
        </>
      )}
      {payees !== undefined && (
        <>
          <h2>{say("payees")}</h2>
          {payees.length === 0 && <p class="soft">{say("noPayees")}</p>}
          <dl>
            {payees.map((payee) => (
              <Fact term={wayWords[payee.platform][language]} value={sayPayee(payee, language)} />
            ))}
          </dl>
          <p class="links">
            {platforms.map((platform) => (
              <a href={withLanguage(`${path}/payees/${platform}`, language)}>
                {payeeFormWords[payees.some((one) => one.platform === platform) ? "change" : "give"][language]}{" "}
                {wayWords[platform][language]}
              </a>
            ))}
          </p>
        </>
      )}
      <h2>{sayPart(language)("seeAlso")}</h2>
      <p class="links">
        {links
          .filter(([scope]) => scopes.includes(scope))
          .map(([, words, to]) => (
            <a href={withLanguage(to, language)}>{words}</a>
          ))}
      </p>
      {scopes.includes("merchants:write") && (
        <p>
          <a class="go quiet" href={withLanguage(`${path}/${change}`, language)}>
            {stallChangeWords[change].name[language]}
          </a>
        </p>
      )}
    </OfficePage>
  )
}

export function sayPayee({ account, mode }: PayeeDescription, language: WordLanguage): string {
  return `${account} (${payeeModeWords[mode][language]})`
}

type CodeProps = {
  readonly frame: PageFrame
  readonly merchant: Merchant
  readonly claimCode: string
  /** The same as a QR, for the tablet's camera: SVG. */
  readonly picture: string
  readonly validUntil: string
}

const claimStyle = ".claim-picture svg{display:block;width:14rem;max-width:100%;height:auto;background:#fff}"

/** The one time that a claim code is shown. */
export const ClaimCodePage: FC<CodeProps> = ({ frame, merchant, claimCode, picture, validUntil }) => {
  const { language } = frame
  return (
    <OfficePage
      frame={frame}
      title={`${merchantPageWords.claimCode[language]} · ${merchant.stallNumber}`}
      isSignedIn
      ownStyle={claimStyle}
    >
      <p class="large number" role="status">
        {claimCode}
      </p>
      <div class="claim-picture" role="img" aria-label={merchantPageWords.toScan[language]}>
        {raw(picture)}
      </div>
      <dl>
        <Fact term={sayPart(language)("stall")} value={`${merchant.stallNumber} ${merchant.name}`} />
        <Fact term={merchantPageWords.validUntil[language]} value={validUntil} />
      </dl>
      <p>{merchantPageWords.enterIt[language]}</p>
      <p>
        <a class="go" href={withLanguage(`${merchantsRoot}/${merchant.id}`, language)}>
          {merchantPageWords.toStall[language]}
        </a>
      </p>
    </OfficePage>
  )
}
