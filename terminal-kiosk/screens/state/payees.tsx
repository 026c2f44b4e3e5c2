import { type TerminalWord, terminalWords } from "@suyuan/look/terminal-words"
import { isPayeeChanging, type PayeeNotice } from "../../src/payees/list-payees"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"

const steps = {
  "payee-proposed": "payeeProposed",
  "payee-approved": "payeeApproved",
  "payee-applied": "payeeApplied",
  "payee-withdrawn": "payeeWithdrawn",
} as const satisfies Record<PayeeNotice["kind"], TerminalWord>

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
  const { kind, platform, payee } = notice
  const isOpen = isPayeeChanging(notice)
  const { zone } = terminal.identity.site
  const time = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone: zone })
  const name = platform === "alipay" || platform === "wechat-pay" ? terminalWords[platform][language] : platform
  return (
    <div className={isOpen ? "notice bad" : "notice"} role={isOpen ? "alert" : undefined}>
      <p>
        {isOpen ? "?" : "✓"} {name} · {say(steps[kind])}{" "}
        {kind !== "payee-withdrawn" &&
          (payee === undefined ? (
            say("payeeUnknown")
          ) : (
            <>
              <strong>{payee.account}</strong> ({say(`payee-${payee.mode}`)})
            </>
          ))}
      </p>
      {kind === "payee-approved" && (
        <p>
          {say("payeeFrom")} {time.format(notice.appliesAtMs)}
        </p>
      )}
      {isOpen && <p>{say("payeeCompare")}</p>}
    </div>
  )
}
