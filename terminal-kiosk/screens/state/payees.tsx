import { type TerminalWord, terminalWords } from "@suyuan/look/terminal-words"
import { isPayeeChanging, type PayeeAccount, type PayeeNotice, payeesOf } from "../../src/payees/list-payees"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"

const steps = {
  "payee-proposed": "payeeProposed",
  "payee-approved": "payeeApproved",
  "payee-withdrawn": "payeeWithdrawn",
} as const satisfies Record<Exclude<PayeeNotice["kind"], "payee-applied">, TerminalWord>

/** Where the stall's money goes, and what is to become of it: the seller compares the account, and objects in time. */
export function Payees() {
  const { payees } = useKioskState()
  const say = useWords()
  if (payees.length === 0) return null
  return (
    <>
      <h2>{say("payees")}</h2>
      {payees.map((notice) => (
        <Payee key={notice.platform} notice={notice} />
      ))}
    </>
  )
}

function Payee({ notice }: { readonly notice: PayeeNotice }) {
  const { terminal } = useKiosk()
  const { language } = useKioskState().settings
  const say = useWords()
  const { kind, platform } = notice
  const { now, proposed } = payeesOf(notice)
  const isOpen = isPayeeChanging(notice)
  const { zone } = terminal.identity.site
  const time = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone: zone })
  const name = platform === "alipay" || platform === "wechat-pay" ? terminalWords[platform][language] : platform
  return (
    <div className={isOpen ? "notice bad" : "payee-kept"} role={isOpen ? "alert" : undefined}>
      <h3>{name}</h3>
      <dl className="facts payee">
        <div>
          <dt>✓ {say("payeeNow")}</dt>
          <dd>
            <Account account={now} />
          </dd>
        </div>
        {kind !== "payee-applied" && (
          <div>
            <dt>
              {isOpen ? "?" : "✕"} {say(steps[kind])}
            </dt>
            <dd>
              <Account account={proposed} />
            </dd>
          </div>
        )}
        {isOpen && (
          <div>
            <dt>{say("payeeFrom")}</dt>
            <dd>{kind === "payee-approved" ? time.format(notice.appliesAtMs) : say("payeeNotYet")}</dd>
          </div>
        )}
      </dl>
      {isOpen && <p>{say("payeeCompare")}</p>}
    </div>
  )
}

function Account({ account }: { readonly account: PayeeAccount | undefined }) {
  const say = useWords()
  if (account === undefined) return <>{say("payeeUnknown")}</>
  return (
    <>
      {account.account} <small>({say(`payee-${account.mode}`)})</small>
    </>
  )
}
