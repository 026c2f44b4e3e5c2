import { DEVELOPMENT_NETWORK_ID } from "@suyuan/protocol/network"
import { isPayeeChanging } from "../../src/payees/list-payees"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { isClockOff } from "./clock-off"

const STORAGE_SHARE_MAX = 0.9

/** The state at a glance: each with a word and a shape; it leads to the page that says more. */
export function StateBar({ onOpen }: { readonly onOpen: () => void }) {
  const { terminal } = useKiosk()
  const { line, standing, storage, payees, late, refusedRefunds } = useKioskState()
  const say = useWords()
  const { stall, site, networkId } = terminal.identity
  const isFull = storage.quotaBytes > 0 && storage.usedBytes / storage.quotaBytes > STORAGE_SHARE_MAX
  const refused = line.refusedCount
  return (
    <header className="state-bar">
      <p className="who">
        <strong>{stall.name}</strong> <span className="soft">{site.name}</span>
      </p>
      {networkId === DEVELOPMENT_NETWORK_ID && <p className="demo">{say("demo")}</p>}
      <button type="button" className="state-chips" onClick={onOpen}>
        <span className="hidden-words">{say("stateOfTerminal")}</span>
        {standing === "claimed" && <span className="chip waiting">◔ {say("notConfirmed")}</span>}
        {standing === "suspended" && <span className="chip bad">✕ {say("suspended")}</span>}
        {standing === "revoked" && <span className="chip bad">✕ {say("revoked")}</span>}
        {payees.some(isPayeeChanging) && <span className="chip bad">? {say("payeeChanging")}</span>}
        {late.length > 0 && (
          <span className="chip bad">
            ? {say("lateChip")} {late.length} → {say("today")}
          </span>
        )}
        {refusedRefunds.length > 0 && (
          <span className="chip bad">
            ✕ {say("refundRefusedChip")} {refusedRefunds.length} → {say("today")}
          </span>
        )}
        {refused > 0 && (
          <span className="chip bad">
            ✕ {say("refusedUploads")} {refused}
          </span>
        )}
        {isClockOff(line) && <span className="chip bad">? {say("clockOff")}</span>}
        {isFull && <span className="chip bad">? {say("storageLow")}</span>}
        {line.unsent > 0 && (
          <span className="chip waiting">
            ◔ {say("unsent")} {line.unsent}
          </span>
        )}
        <span className={line.isOnline ? "chip good" : "chip waiting"}>
          {line.isOnline ? "✓" : "◔"} {say(line.isOnline ? "online" : "offline")}
        </span>
      </button>
    </header>
  )
}
