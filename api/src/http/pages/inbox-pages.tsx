import { namePageWords, proposalPageWords, proposalStateWords } from "@suyuan/look/inbox-page-words"
import { stateShapes } from "@suyuan/look/tokens"
import type { WordLanguage } from "@suyuan/look/words"
import type { FC } from "hono/jsx"
import type { listProposals } from "../../bindings/decide-proposal"
import type { listUnmapped } from "../../catalogue/decide-name"
import { catalogueLimits } from "../../catalogue/publish-catalogue"
import type { Commodity } from "../../catalogue/read-catalogue"
import { Fact, OfficeItem } from "./office-list"
import { localMinute, OfficePage, type PageFrame, sayOffice, withLanguage } from "./office-page"
import { kilograms, sayPart } from "./office-parts"

export const proposalsRoot = "/office/wallets"
export const namesRoot = "/office/names"
/** Names wait for the whole consortium, whichever site they came from. */
const zone = "Asia/Shanghai"

type ProposalsProps = {
  readonly frame: PageFrame
  readonly proposals: Awaited<ReturnType<typeof listProposals>>
}
type Proposal = ProposalsProps["proposals"][number]

export const ProposalsPage: FC<ProposalsProps> = ({ frame, proposals }) => {
  const { language } = frame
  const say = (word: keyof typeof proposalPageWords) => proposalPageWords[word][language]
  return (
    <OfficePage frame={frame} title={say("proposals")} isSignedIn>
      <p>{say("about")}</p>
      {proposals.length === 0 && <p class="soft">{say("nothing")}</p>}
      <ol class="cards">
        {proposals.map((one) => (
          <li>
            <div class="row">
              <h2>
                {one.stallNumber} {one.sellerName}
              </h2>
              <span class={one.proposal.state === "new" ? "bad" : "waiting"}>
                {one.proposal.state === "new" ? stateShapes.unknown : stateShapes.waiting}{" "}
                {proposalStateWords[one.proposal.state === "new" ? "new" : "invited"][language]}
              </span>
            </div>
            <dl>
              <Fact term={say("wallet")} value={one.proposal.pseudonym.slice(0, 8)} />
              <Fact term={say("purchases")} value={String(one.proposal.purchases)} />
              <Fact term={say("days")} value={String(one.proposal.days)} />
              <Fact term={say("least")} value={sayKilos(one.proposal.leastGrams, language)} />
              <Fact term={say("goods")} value={String(one.proposal.commodities)} />
              <Fact term={say("lastDay")} value={one.proposal.lastDay} />
              {one.proposal.note !== null && <Fact term={say("note")} value={one.proposal.note} />}
            </dl>
            <Decision {...one} language={language} />
          </li>
        ))}
      </ol>
    </OfficePage>
  )
}

const Decision: FC<Proposal & { language: WordLanguage }> = ({ proposal, language }) => (
  <form method="post" action={withLanguage(`${proposalsRoot}/${proposal.id}`, language)} class="ask">
    <label>
      {proposalPageWords.note[language]}
      <input type="text" name="note" required maxlength={200} autocomplete="off" />
    </label>
    {proposal.state === "new" && (
      <button type="submit" name="state" value="invited">
        {proposalPageWords.invite[language]}
      </button>
    )}
    <button type="submit" name="state" value="dismissed" class="quiet">
      {proposalPageWords.dismiss[language]}
    </button>
  </form>
)

const sayKilos = (grams: number, language: WordLanguage) => `${kilograms(grams)} ${language === "zh" ? "公斤" : "kg"}`

export type WaitingName = Awaited<ReturnType<typeof listUnmapped>>[number]

type NamesProps = { readonly frame: PageFrame; readonly names: readonly WaitingName[] }

export const NamesPage: FC<NamesProps> = ({ frame, names }) => {
  const { language } = frame
  return (
    <OfficePage frame={frame} title={namePageWords.names[language]} isSignedIn>
      <p>{namePageWords.about[language]}</p>
      {names.length === 0 && <p class="soft">{namePageWords.nothing[language]}</p>}
      <ol class="cards">
        {names.map((name) => (
          <OfficeItem
            {...{ language, place: countsOf(name, language), path: `${namesRoot}/${name.id}`, mark: "" }}
            title={name.said ?? name.name}
            look={`${namePageWords.decide[language]} ${name.said ?? name.name}`}
          />
        ))}
      </ol>
    </OfficePage>
  )
}

type NameProps = {
  readonly frame: PageFrame
  readonly name: WaitingName
  readonly likely: readonly Commodity[]
  readonly catalogue: readonly Commodity[]
  readonly freeCode: number
  readonly mayDecide: boolean
}

/** What a name may mean; each of the three answers says what follows before its button. */
export const NamePage: FC<NameProps> = ({ frame, name, likely, catalogue, freeCode, mayDecide }) => {
  const { language } = frame
  const say = (word: keyof typeof namePageWords) => namePageWords[word][language]
  const said = name.said ?? name.name
  const path = `${namesRoot}/${name.id}`
  const option = (one: Commodity) => (
    <option value={String(one.code)}>
      {language === "zh" ? one.nameZh : one.nameEn} ({one.code})
    </option>
  )
  return (
    <OfficePage frame={frame} title={said} isSignedIn>
      <nav>
        <a href={withLanguage(namesRoot, language)}>{say("names")}</a>
      </nav>
      <p class="soft">{countsOf(name, language)}</p>
      {!mayDecide && (
        <p class="soft">
          {sayOffice(language)("lookOnly")} {say("everySite")}
        </p>
      )}
      {mayDecide && (
        <>
          <section class="effect">
            <h2>{say("map")}</h2>
            <p>{say("mapMeans")}</p>
            <form method="post" action={withLanguage(`${path}/map`, language)} class="ask">
              <label>
                {sayPart(language)("goods")}
                <select name="commodity" required>
                  <option value="" />
                  {likely.length > 0 && <optgroup label={say("likely")}>{likely.map(option)}</optgroup>}
                  <optgroup label={say("others")}>{catalogue.map(option)}</optgroup>
                </select>
              </label>
              <button type="submit">{say("mapSend")}</button>
            </form>
          </section>
          <section class="effect">
            <h2>{say("add")}</h2>
            <p>{say("addMeans")}</p>
            <form method="post" action={withLanguage(`${path}/add`, language)} class="ask">
              <label>
                {say("code")}
                <input type="number" name="code" required min={1} max={0x7fff_ffff} value={String(freeCode)} />
              </label>
              <label>
                {say("nameZh")}
                <input
                  type="text"
                  name="nameZh"
                  required
                  maxlength={catalogueLimits.nameZh}
                  value={said.slice(0, catalogueLimits.nameZh)}
                  autocomplete="off"
                />
              </label>
              <label>
                {say("nameEn")}
                <input type="text" name="nameEn" required maxlength={32} autocomplete="off" />
              </label>
              <label>
                {say("shelfLife")}
                <input type="number" name="shelfLifeHours" required min={1} max={0xffff} />
              </label>
              <button type="submit">{say("addSend")}</button>
            </form>
          </section>
          <section class="effect">
            <h2>{say("dismiss")}</h2>
            <p>{say("dismissMeans")}</p>
            <form method="post" action={withLanguage(`${path}/dismiss`, language)} class="ask">
              <label>
                {say("reason")}
                <input type="text" name="reason" required maxlength={200} autocomplete="off" />
              </label>
              <button type="submit" class="danger">
                {say("dismissSend")}
              </button>
            </form>
          </section>
        </>
      )}
    </OfficePage>
  )
}

function countsOf({ mentions, stalls, firstSeenAt, lastSeenAt }: WaitingName, language: WordLanguage): string {
  const say = (word: keyof typeof namePageWords) => namePageWords[word][language]
  return [
    `${say("mentions")} ${mentions}`,
    `${say("stalls")} ${stalls}`,
    `${say("firstSeen")} ${localMinute(firstSeenAt, zone)}`,
    `${say("lastSeen")} ${localMinute(lastSeenAt ?? firstSeenAt, zone)}`,
  ].join(" · ")
}
