import { payeeFormWords, payeePageWords, payeeStateWords } from "@suyuan/look/merchant-page-words"
import { wayWords } from "@suyuan/look/reconciliation-words"
import { stateShapes } from "@suyuan/look/tokens"
import type { WordLanguage } from "@suyuan/look/words"
import type { FC } from "hono/jsx"
import type { Merchant } from "../../merchants/add-merchant"
import type { PayeeDescription } from "../../merchants/describe-payee"
import type { PayeeChangeView } from "../../merchants/list-payee-changes"
import type { Platform } from "../../payments/payment-provider"
import { sayPayee } from "./merchant-pages"
import { Fact, OfficeItem } from "./office-list"
import { localMinute, OfficePage, type PageFrame, withLanguage } from "./office-page"
import { sayPart, siteNameOf } from "./office-parts"
import { merchantsRoot } from "./terminal-pages"

export const payeesRoot = "/office/payee-changes"

type ListProps = { readonly frame: PageFrame; readonly changes: readonly PayeeChangeView[] }

export const PayeeChangesPage: FC<ListProps> = ({ frame, changes }) => {
  const { language } = frame
  return (
    <OfficePage frame={frame} title={payeePageWords.changes[language]} isSignedIn>
      {changes.length === 0 && <p class="soft">{payeePageWords.nothing[language]}</p>}
      <ol class="cards">
        {changes.map((change) => (
          <OfficeItem
            {...{ language, place: placeOf(change, language), path: `${payeesRoot}/${change.id}` }}
            title={titleOf(change, language)}
            mark={<ChangeState change={change} language={language} />}
            look={`${sayPart(language)("look")} ${titleOf(change, language)}`}
          >
            <Accounts change={change} language={language} />
          </OfficeItem>
        ))}
      </ol>
    </OfficePage>
  )
}

type ChangeProps = { readonly frame: PageFrame; readonly change: PayeeChangeView; readonly isProposer: boolean }

/** Where the money goes and where it would go; each of the two answers says what follows before its button. */
export const PayeeChangePage: FC<ChangeProps> = ({ frame, change, isProposer }) => {
  const { language } = frame
  const minute = (at: Date) => localMinute(at, change.site.zone)
  const say = (word: keyof typeof payeePageWords) => payeePageWords[word][language]
  const path = `${payeesRoot}/${change.id}`
  return (
    <OfficePage frame={frame} title={titleOf(change, language)} isSignedIn>
      <nav>
        <a href={withLanguage(payeesRoot, language)}>{say("changes")}</a>
        <a href={withLanguage(`${merchantsRoot}/${change.merchantId}`, language)}>{sayPart(language)("stall")}</a>
      </nav>
      <p>
        <ChangeState change={change} language={language} />
      </p>
      <p class="soft">{placeOf(change, language)}</p>
      <Accounts change={change} language={language} />
      <dl>
        <Fact term={say("proposedBy")} value={change.proposedBy} />
        <Fact term={say("proposedAt")} value={minute(change.createdAt)} />
        {change.approvedBy !== null && <Fact term={say("approvedBy")} value={change.approvedBy} />}
        {change.appliesAt !== null && <Fact term={say("appliesAt")} value={minute(change.appliesAt)} />}
      </dl>
      {change.state === "proposed" && isProposer && (
        <p class="waiting">
          {stateShapes.waiting} {say("own")}
        </p>
      )}
      {change.state === "proposed" && !isProposer && (
        <section class="effect">
          <h2>{say("approve")}</h2>
          <p>{say("approveMeans")}</p>
          <form method="post" action={withLanguage(`${path}/approve`, language)} class="ask">
            <label class="tick wide">
              <input type="checkbox" name="sure" value="1" required />
              {say("asked")}
            </label>
            <button type="submit">{say("approve")}</button>
          </form>
        </section>
      )}
      <section class="effect">
        <h2>{say("refuse")}</h2>
        <p>{say("refuseMeans")}</p>
        <form method="post" action={withLanguage(`${path}/withdraw`, language)} class="ask">
          <button type="submit" class="danger">
            {say("refuse")}
          </button>
        </form>
      </section>
    </OfficePage>
  )
}

type Own = { readonly change: PayeeChangeView; readonly language: WordLanguage }

const Accounts: FC<Own> = ({ change: { from, to }, language }) => (
  <dl>
    <Fact
      term={payeePageWords.oldAccount[language]}
      value={from === undefined ? payeePageWords.none[language] : sayPayee(from, language)}
    />
    <Fact term={payeePageWords.newAccount[language]} value={sayPayee(to, language)} />
  </dl>
)

const ChangeState: FC<Own> = ({ change: { state }, language }) => (
  <span class="waiting">
    {stateShapes.waiting} {state === "proposed" || state === "approved" ? payeeStateWords[state][language] : state}
  </span>
)

function titleOf({ stall, platform }: PayeeChangeView, language: WordLanguage): string {
  return `${stall.stallNumber} ${stall.name} · ${wayWords[platform][language]}`
}

function placeOf({ site, createdAt }: PayeeChangeView, language: WordLanguage): string {
  return `${siteNameOf(site, language)} · ${payeePageWords.proposedAt[language]} ${localMinute(createdAt, site.zone)}`
}

type PayeeFormProps = {
  readonly frame: PageFrame
  readonly merchant: Merchant
  readonly platform: Platform
  readonly inForce: PayeeDescription | undefined
  /** Names, in the configuration, of accounts of merchants that collect by themselves. */
  readonly directAccounts: readonly string[]
}

/** One form a way of collecting; what follows is said first, and differs where money already goes somewhere. */
export const PayeeFormPage: FC<PayeeFormProps> = ({ frame, merchant, platform, inForce, directAccounts }) => {
  const { language } = frame
  const say = (word: keyof typeof payeeFormWords) => payeeFormWords[word][language]
  const stall = `${merchantsRoot}/${merchant.id}`
  const action = withLanguage(`${stall}/payees/${platform}`, language)
  const name = say(inForce === undefined ? "set" : "propose")
  const title = `${say("title")} · ${wayWords[platform][language]} · ${merchant.stallNumber} ${merchant.name}`
  return (
    <OfficePage frame={frame} title={title} isSignedIn>
      <nav>
        <a href={withLanguage(stall, language)}>{sayPart(language)("stall")}</a>
      </nav>
      <p>
        {say("now")} {inForce === undefined ? say("none") : sayPayee(inForce, language)}
      </p>
      <p class="soft">{say(inForce === undefined ? "setMeans" : "proposeMeans")}</p>
      <section class="effect">
        <h2>{say("provided")}</h2>
        <form method="post" action={action} class="ask">
          <label class="wide">
            {say(platform === "wechat-pay" ? "wechatAccount" : "alipayAccount")}
            <input
              {...{ type: "text", name: "account", required: true, autocomplete: "off" }}
              {...{ minlength: 4, maxlength: 64, pattern: "[A-Za-z0-9@._\\-]{4,64}" }}
            />
          </label>
          {platform === "alipay" && (
            <label class="wide">
              {say("authToken")}
              <input
                {...{ type: "password", name: "authToken", minlength: 8, maxlength: 128, autocomplete: "new-password" }}
              />
              <span>{say("authTokenHint")}</span>
            </label>
          )}
          <button type="submit">{name}</button>
        </form>
      </section>
      {directAccounts.length > 0 && (
        <section class="effect">
          <h2>{say("direct")}</h2>
          <form method="post" action={action} class="ask">
            <label class="wide">
              {say("directAccount")}
              <select name="directAccount" required>
                <option value="" />
                {directAccounts.map((one) => (
                  <option value={one}>{one}</option>
                ))}
              </select>
            </label>
            <button type="submit">{name}</button>
          </form>
        </section>
      )}
    </OfficePage>
  )
}
