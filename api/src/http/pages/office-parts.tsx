import { type OfficePartWord, officePartWords } from "@suyuan/look/office-words"
import { stateShapes } from "@suyuan/look/tokens"
import type { WordLanguage } from "@suyuan/look/words"
import type { FC, PropsWithChildren } from "hono/jsx"
import type { GoodsName } from "../../catalogue/read-catalogue"
import type { Site } from "../../participants/add-site"
import { OfficePage, type PageFrame, withLanguage } from "./office-page"

export function sayPart(language: WordLanguage): (word: OfficePartWord) => string {
  return (word) => officePartWords[word][language]
}

export const siteNameOf = (site: { readonly name: string; readonly nameEn: string }, language: WordLanguage): string =>
  language === "zh" ? site.name : site.nameEn

/** Kilograms of whole grams, without rounding. */
export const kilograms = (grams: number): string => String(grams / 1000)

type AskedProps = PropsWithChildren<{ readonly path: string; readonly language: WordLanguage }>

/** What a list is asked for: a form of GET, whose answer has an address that can be kept. */
export const AskedForm: FC<AskedProps> = ({ path, language, children }) => (
  <form method="get" action={path} class="ask">
    <input type="hidden" name="lang" value={language} />
    {children}
    <button type="submit" class="quiet">
      {officePartWords.show[language]}
    </button>
  </form>
)

type SiteProps = {
  readonly sites: readonly Site[]
  readonly siteId: string | undefined
  readonly language: WordLanguage
  /** Whether all of them may be asked for at once. */
  readonly withAll?: boolean
}

export const SiteSelect: FC<SiteProps> = ({ sites, siteId, language, withAll }) => (
  <label>
    {officePartWords.site[language]}
    <select name="siteId">
      {withAll && <option value="">{officePartWords.allSites[language]}</option>}
      {sites.map((site) => (
        <option value={site.id} selected={site.id === siteId}>
          {siteNameOf(site, language)}
        </option>
      ))}
    </select>
  </label>
)

type GoodsProps = {
  readonly goods: Iterable<GoodsName>
  readonly code: number | string | undefined
  readonly language: WordLanguage
  /** Whether it may be left open. */
  readonly withAll?: boolean
}

export const GoodsSelect: FC<GoodsProps> = ({ goods, code, language, withAll }) => (
  <label>
    {officePartWords.goods[language]}
    <select name="commodity" required={!withAll}>
      <option value="">{withAll ? officePartWords.allGoods[language] : ""}</option>
      {[...goods].map((one) => (
        <option value={String(one.code)} selected={String(one.code) === String(code)}>
          {one[language]}
        </option>
      ))}
    </select>
  </label>
)

export const Refused: FC<PropsWithChildren> = ({ children }) => (
  <p class="bad" role="alert">
    {stateShapes.refused} {children}
  </p>
)

type AskProps = PropsWithChildren<{
  readonly frame: PageFrame
  readonly title: string
  /** What will be done, as the button says it. */
  readonly name: string
  readonly effect: string
  readonly action: string
  readonly back: string
  /** Whether somebody has to say why. */
  readonly needsReason?: boolean
}>

/** Asks once, with the consequence in words, before anything is done; its children say what it is about. */
export const AskPage: FC<AskProps> = ({ frame, title, name, effect, action, back, needsReason, children }) => {
  const { language } = frame
  const say = sayPart(language)
  return (
    <OfficePage frame={frame} title={title} isSignedIn>
      {children}
      <section class="effect">
        <h2>{say("effect")}</h2>
        <p>{effect}</p>
        <form method="post" action={withLanguage(action, language)} class="ask">
          {needsReason && (
            <label class="wide">
              {say("reason")}
              <input type="text" name="reason" required maxlength={200} autocomplete="off" />
            </label>
          )}
          <button type="submit">
            {say("confirm")}
            {language === "zh" ? "" : " "}
            {name}
          </button>
          <a class="go quiet" href={withLanguage(back, language)}>
            {say("notNow")}
          </a>
        </form>
      </section>
    </OfficePage>
  )
}
