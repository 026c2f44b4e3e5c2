import {
  type MerchantPageWord,
  merchantPageWords,
  terminalChangeWords,
  terminalStateWords,
} from "@suyuan/look/merchant-page-words"
import { stateShapes } from "@suyuan/look/tokens"
import type { WordLanguage } from "@suyuan/look/words"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import type { FC } from "hono/jsx"
import type { StallName } from "../../merchants/name-stalls"
import type { Site } from "../../participants/add-site"
import type { Terminal } from "../../terminals/authenticate"
import { Fact } from "./office-list"
import { localMinute, OfficePage, type PageFrame, withLanguage } from "./office-page"
import { siteNameOf } from "./office-parts"

export const merchantsRoot = "/office/merchants"
export const terminalsRoot = "/office/terminals"

export function sayMerchant(language: WordLanguage): (word: MerchantPageWord) => string {
  return (word) => merchantPageWords[word][language]
}

const shapes = {
  claimed: stateShapes.waiting,
  active: stateShapes.paid,
  suspended: stateShapes.refused,
  revoked: stateShapes.refused,
} as const
const classes = { claimed: "waiting", active: "good", suspended: "bad", revoked: "soft" } as const

const TerminalState: FC<{ terminal: Terminal; language: WordLanguage }> = ({ terminal: { state }, language }) => (
  <span class={classes[state]}>
    {shapes[state]} {terminalStateWords[state][language]}
  </span>
)

type CardsProps = {
  readonly terminals: readonly Terminal[]
  readonly siteOf: ReadonlyMap<string, Site>
  /** Names of their stalls, where the list is not a stall's own. */
  readonly stalls?: ReadonlyMap<string, StallName>
  readonly language: WordLanguage
}

/** One line for each: which, in what state, and when it was last heard of. */
export const TerminalCards: FC<CardsProps> = ({ terminals, siteOf, stalls, language }) => (
  <ul class="lines">
    {terminals.map((terminal) => {
      const stall = stalls?.get(terminal.merchantId)
      return (
        <li class="row">
          <span>
            <a href={withLanguage(`${terminalsRoot}/${terminalToHex(terminal.id)}`, language)}>
              {merchantPageWords.terminal[language]} {terminalToHex(terminal.id)}
            </a>{" "}
            {stall && `${stall.stallNumber} ${stall.name}`}
          </span>
          <span class="soft">
            {terminal.lastSeenAt !== null && merchantPageWords.lastSeen[language]}{" "}
            {sayLastSeen(terminal, siteOf.get(terminal.siteId), language)}
          </span>
          <TerminalState terminal={terminal} language={language} />
        </li>
      )
    })}
  </ul>
)

function sayLastSeen({ lastSeenAt }: Terminal, site: Site | undefined, language: WordLanguage): string {
  if (lastSeenAt === null) return merchantPageWords.neverSeen[language]
  return localMinute(lastSeenAt, site?.zone ?? "Asia/Shanghai")
}

type TerminalProps = {
  readonly frame: PageFrame
  readonly terminal: Terminal
  readonly site: Site
  readonly stall: StallName | undefined
  readonly fingerprint: string
}

const changesFrom = {
  claimed: ["revoke"],
  active: ["suspend", "revoke"],
  suspended: ["resume", "revoke"],
  revoked: [],
} as const satisfies Record<Terminal["state"], readonly (keyof typeof terminalChangeWords)[]>

/** A terminal; its fingerprint is typed from the tablet's own screen, and shown here only once it was compared. */
export const TerminalPage: FC<TerminalProps> = ({ frame, terminal, site, stall, fingerprint }) => {
  const { language } = frame
  const say = sayMerchant(language)
  const hex = terminalToHex(terminal.id)
  const path = `${terminalsRoot}/${hex}`
  const minute = (at: Date) => localMinute(at, site.zone)
  return (
    <OfficePage frame={frame} title={`${say("terminal")} ${hex}`} isSignedIn>
      <nav>
        <a href={withLanguage(`${merchantsRoot}/${terminal.merchantId}`, language)}>
          {stall === undefined ? say("toStall") : `${stall.stallNumber} ${stall.name}`}
        </a>
      </nav>
      <p>
        {siteNameOf(site, language)} · <TerminalState terminal={terminal} language={language} />
      </p>
      {terminal.state === "claimed" && (
        <section class="effect">
          <h2>{say("compare")}</h2>
          <p>{say("compareHow")}</p>
          <form method="post" action={withLanguage(`${path}/confirm`, language)} class="ask">
            <label>
              {say("typed")}
              <input type="text" name="fingerprint" required maxlength={40} autocomplete="off" spellcheck={false} />
            </label>
            <button type="submit">{say("compare")}</button>
          </form>
        </section>
      )}
      <dl>
        <Fact term={say("lastSeen")} value={sayLastSeen(terminal, site, language)} />
        <Fact term={say("lastCounter")} value={String(terminal.lastCounter)} />
        <Fact term={say("clock")} value={`${terminal.clockOffsetMs / 1000} ${say("seconds")}`} />
        <Fact term={say("chain")} value={say(terminal.registeredTx === null ? "notOnChain" : "onChain")} />
        <Fact term={say("enrolled")} value={minute(terminal.createdAt)} />
        <Fact term={say("stateSince")} value={minute(terminal.stateChangedAt)} />
        {terminal.state !== "claimed" && <Fact term={say("fingerprint")} value={fingerprint} />}
      </dl>
      <p class="links">
        {changesFrom[terminal.state].map((change) => (
          <a class="go quiet" href={withLanguage(`${path}/${change}`, language)}>
            {terminalChangeWords[change].name[language]}
          </a>
        ))}
      </p>
    </OfficePage>
  )
}
