import { merchantPageWords, newStallWords } from "@suyuan/look/merchant-page-words"
import type { FC } from "hono/jsx"
import type { Site } from "../../participants/add-site"
import { OfficePage, type PageFrame, withLanguage } from "./office-page"
import { SiteSelect, sayPart } from "./office-parts"
import { merchantsRoot } from "./terminal-pages"

type NewStallProps = {
  readonly frame: PageFrame
  readonly sites: readonly Site[]
  readonly siteId: string | undefined
  /** Made once, so that a form sent twice is one stall. */
  readonly id: string
}

export const NewStallPage: FC<NewStallProps> = ({ frame, sites, siteId, id }) => {
  const { language } = frame
  const say = (word: keyof typeof newStallWords) => newStallWords[word][language]
  return (
    <OfficePage frame={frame} title={say("new")} isSignedIn>
      <nav>
        <a href={withLanguage(merchantsRoot, language)}>{merchantPageWords.merchants[language]}</a>
      </nav>
      {sites.length === 0 && <p class="soft">{sayPart(language)("noSite")}</p>}
      {sites.length > 0 && (
        <form method="post" action={withLanguage(merchantsRoot, language)} class="ask">
          <input type="hidden" name="id" value={id} />
          <SiteSelect {...{ sites, siteId, language }} />
          <label>
            {say("number")}
            <input type="text" name="stallNumber" required maxlength={16} autocomplete="off" />
          </label>
          <label>
            {say("name")}
            <input type="text" name="name" required maxlength={64} autocomplete="off" />
            <span>{say("nameHint")}</span>
          </label>
          <p class="soft wide">{say("next")}</p>
          <button type="submit">{say("add")}</button>
        </form>
      )}
    </OfficePage>
  )
}
