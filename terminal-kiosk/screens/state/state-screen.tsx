import { keyFingerprint } from "@suyuan/protocol/terminal/enrolment"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { isPayeeChanging } from "../../src/payees/list-payees"
import { ConnectScale } from "../scale/connect-scale"
import { isScaleOf } from "../scale/use-scale"
import { choose } from "../session/choices"
import { refusalWords } from "../session/refusals"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { AskLost } from "./ask-lost"
import { BindWallet } from "./bind-wallet"
import { ClockOff } from "./clock-off"
import { EnrolAnew } from "./enrol-anew"
import { OtherTablets } from "./other-tablets"
import { OwnerPin } from "./owner-pin"
import { Payees } from "./payees"
import { RefusedUploads } from "./refused-uploads"
import { StallPhoto } from "./stall-photo"

const MEBIBYTE = 1024 * 1024
const megabytes = (bytes: number) => Math.floor(bytes / MEBIBYTE)
const scales = ["none", "continuous", "toledo-8217", "mt-sics", "cas", "simulated"] as const

/** What is read out over the phone, top to bottom, and what the owner chooses. */
export function StateScreen() {
  const kiosk = useKiosk()
  const { terminal } = kiosk
  const { line, standing, storage, settings, catalogue, payees } = useKioskState()
  const say = useWords()
  const { language } = settings
  const { identity, signingKey } = terminal
  const time = (ms: number | undefined) =>
    ms === undefined
      ? "—"
      : new Intl.DateTimeFormat("sv-SE", {
          dateStyle: "short",
          timeStyle: "medium",
          timeZone: identity.site.zone,
        }).format(ms)
  // What has to be answered in time stands above what is read out.
  const isChanging = payees.some(isPayeeChanging)
  const leftBytes = Math.max(0, storage.quotaBytes - storage.usedBytes)
  const facts: readonly (readonly [string, string])[] = [
    [say("terminalNumber"), terminalToHex(identity.terminal)],
    [say("fingerprint"), keyFingerprint(identity.networkId as never, signingKey)],
    [say("stateOfTerminal"), say(standingWords[standing])],
    [
      say("lineState"),
      line.isOnline
        ? say("online")
        : `${say("offline")} ${line.trouble === undefined ? "" : refusalWords(line.trouble, language)}`,
    ],
    [say("unsent"), String(line.unsent)],
    [say("openRefunds"), String(line.openRefunds)],
    [say("refusedUploads"), String(line.refusedCount + line.refusedSeen)],
    [say("lastSync"), time(line.lastSyncAtMs)],
    [say("clockOffset"), line.clockOffsetMs === undefined ? "—" : `${(line.clockOffsetMs / 1000).toFixed(1)} s`],
    [
      say("storageLeft"),
      storage.quotaBytes === 0 ? "—" : `${megabytes(leftBytes)} / ${megabytes(storage.quotaBytes)} MB`,
    ],
    [say("storageKept"), say(storage.isPersisted ? "yes" : "storageNotKept")],
    [say("catalogueVersion"), catalogue === undefined ? "—" : String(catalogue.version)],
    [say("keyKind"), signingKey.algorithm],
    [say("gatewayAddress"), identity.gatewayUrl],
    [say("version"), __KIOSK_VERSION__],
  ]
  return (
    <main className="page state-page">
      <div className="page-head">
        <h1>{say("stateOfTerminal")}</h1>
      </div>
      <div className="columns">
        <section className="card">
          <EnrolAnew />
          <ClockOff />
          {isChanging && <Payees />}
          <h2>{say("diagnostics")}</h2>
          <dl className="facts">
            {facts.map(([term, value]) => (
              <div key={term}>
                <dt>{term}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <RefusedUploads />
          {!isChanging && <Payees />}
        </section>
        <section className="card">
          <h2>{say("choices")}</h2>
          <div className="choices">
            <Choice
              label={say("language")}
              options={[
                ["zh", "中文"],
                ["en", "English"],
              ]}
              value={language}
              onChoose={(value) => void choose(kiosk, { language: value })}
            />
            <Choice
              label={say("weightUnit")}
              options={[
                ["jin", say("jin")],
                ["kilogram", say("kilogram")],
              ]}
              value={settings.weightUnit}
              onChoose={(value) => void choose(kiosk, { weightUnit: value })}
            />
            <Choice
              label={say("textSize")}
              options={[
                ["normal", say("normal")],
                ["large", say("large")],
              ]}
              value={settings.largeText ? "large" : "normal"}
              onChoose={(value) => void choose(kiosk, { largeText: value === "large" })}
            />
            <Choice
              label={say("voice")}
              options={[
                ["on", say("yes")],
                ["off", say("no")],
              ]}
              value={settings.voice ? "on" : "off"}
              onChoose={(value) => void choose(kiosk, { voice: value === "on" })}
            />
            <label className="field-label">
              {say("scale")}
              <select
                value={isScaleOf(identity.networkId, settings.scale) ? settings.scale : "none"}
                onChange={(event) => void choose(kiosk, { scale: event.target.value as (typeof scales)[number] })}
              >
                {scales
                  .filter((scale) => isScaleOf(identity.networkId, scale))
                  .map((scale) => (
                    <option key={scale} value={scale}>
                      {say(`scale-${scale}`)}
                    </option>
                  ))}
              </select>
            </label>
          </div>
          <ConnectScale />
          <h2>{say("customerDisplay")}</h2>
          <button
            type="button"
            className="secondary"
            onClick={() => window.open("/kiosk/display.html", "suyuan-display", "popup")}
          >
            {say("openDisplay")}
          </button>
          <OtherTablets />
          <StallPhoto />
          <OwnerPin />
          <BindWallet />
          <AskLost />
        </section>
      </div>
    </main>
  )
}

const standingWords = {
  unknown: "standingUnknown",
  claimed: "notConfirmed",
  active: "active",
  suspended: "suspended",
  revoked: "revoked",
} as const

type ChoiceProps<Value extends string> = {
  readonly label: string
  readonly options: readonly (readonly [Value, string])[]
  readonly value: Value
  readonly onChoose: (value: Value) => void
}

function Choice<Value extends string>({ label, options, value, onChoose }: ChoiceProps<Value>) {
  return (
    <fieldset className="choice">
      <legend>{label}</legend>
      {options.map(([own, word]) => (
        <button key={own} type="button" aria-pressed={own === value} onClick={() => onChoose(own)}>
          {word}
        </button>
      ))}
    </fieldset>
  )
}
