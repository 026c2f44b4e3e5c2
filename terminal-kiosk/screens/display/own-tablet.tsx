import { fetchTransport } from "@suyuan/client/fetch-transport"
import { displayWords } from "@suyuan/look/display-words"
import { errorWords } from "@suyuan/look/errors"
import { type FormEvent, useEffect, useState } from "react"
import type { DisplayMessage } from "../../src/display/display-message"
import { hearDisplay, newDisplaySecret, pairDisplay, refreshDisplay } from "../../src/display/hear-display"
import type { GatewayRefusal } from "../../src/link/call-gateway"
import { letNewVersionIn, watchForNewVersion } from "../session/new-version"
import { DisplayView } from "./display-view"
import { forgetPairing, type KeptPairing, keepPairing, keptPairing } from "./kept-pairing"

const RECONNECT_MS_FIRST = 1_000
const RECONNECT_MS_MAX = 30_000

const transport = fetchTransport(location.origin)

/** Only these say that it is over; anything else is tried again. */
const endings: ReadonlySet<string> = new Set([
  ...["display/ended", "display/unknown", "display/wrong-secret", "terminal/revoked", "terminal/unknown"],
])

type Paired = Required<KeptPairing>

/** A tablet of the customer's own: paired by a code, then it reads what its stall's terminal shows. */
export default function OwnTablet() {
  const [pairing, setPairing] = useState(() => paired(keptPairing()))
  const [ending, setEnding] = useState<string | undefined>(undefined)
  if (pairing === undefined)
    return (
      <PairForm
        ending={ending}
        onPaired={(kept) => {
          keepPairing(kept)
          setPairing(kept)
        }}
      />
    )
  return (
    <Heard
      pairing={pairing}
      onEnded={(code) => {
        forgetPairing()
        setEnding(code)
        setPairing(undefined)
      }}
    />
  )
}

function paired(kept: KeptPairing | undefined): Paired | undefined {
  return kept?.displayId === undefined ? undefined : { ...kept, displayId: kept.displayId }
}

type HeardProps = { readonly pairing: Paired; readonly onEnded: (code: string) => void }

function Heard({ pairing, onEnded }: HeardProps) {
  const [shown, setShown] = useState<DisplayMessage | undefined>(undefined)
  const [isAway, setAway] = useState(false)
  const [isOnline, setOnline] = useState(false)
  const [hasNewVersion, setNewVersion] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: one line as long as this is that display
  useEffect(() => {
    const over = new AbortController()
    const events = { onShown: setShown, onAway: setAway, onOnline: () => setOnline(true) }
    const hear = async () => {
      for (let waitMs = RECONNECT_MS_FIRST; !over.signal.aborted; waitMs = Math.min(RECONNECT_MS_MAX, waitMs * 2)) {
        const access = await refreshDisplay(transport, pairing.displayId, pairing.secret)
        if (over.signal.aborted) return
        if (access.ok) {
          const beganAtMs = Date.now()
          await hearDisplay(access.value, events, over.signal)
          setOnline(false)
          // A line that held for a while was a good one.
          if (Date.now() - beganAtMs > RECONNECT_MS_MAX) waitMs = RECONNECT_MS_FIRST
        } else if (access.error.kind === "refused" && endings.has(access.error.code)) {
          return onEnded(access.error.code)
        }
        await rest(waitMs, over.signal)
      }
    }
    void hear()
    return () => over.abort()
  }, [pairing])
  useEffect(() => watchForNewVersion(() => setNewVersion(true)), [])
  useEffect(() => {
    // Never under a customer's eyes.
    if (hasNewVersion && (shown === undefined || shown.state === "idle")) void letNewVersionIn()
  }, [hasNewVersion, shown])
  useEffect(() => {
    document.documentElement.lang = shown?.language === "en" ? "en" : "zh-CN"
  }, [shown?.language])
  if (shown === undefined)
    return (
      <main className="display idle">
        <h1>{displayWords.waitingForTerminal.zh}</h1>
      </main>
    )
  return <DisplayView shown={shown} isAway={isAway || !isOnline} />
}

/** Until the time is up, the network is back, or nobody waits any more. */
function rest(ms: number, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    const end = () => {
      clearTimeout(timer)
      resolve()
    }
    addEventListener("online", end, { once: true })
    over.addEventListener("abort", end)
  })
}

type PairFormProps = { readonly ending: string | undefined; readonly onPaired: (pairing: Paired) => void }

function PairForm({ ending, onPaired }: PairFormProps) {
  const [code, setCode] = useState("")
  const [isAsking, setAsking] = useState(false)
  const [trouble, setTrouble] = useState(ending)
  const pair = async (event: FormEvent) => {
    event.preventDefault()
    setAsking(true)
    setTrouble(undefined)
    const secret = keptPairing()?.secret ?? newDisplaySecret()
    keepPairing({ secret })
    const answer = await pairDisplay(transport, code, secret)
    setAsking(false)
    if (answer.ok) return onPaired({ displayId: answer.value.displayId, secret })
    setTrouble(troubleOf(answer.error))
  }
  return (
    <main className="display enrol">
      <h1>{displayWords.pairTitle.zh}</h1>
      <p>{displayWords.pairHint.zh}</p>
      <p lang="en" className="soft">
        {displayWords.pairHint.en}
      </p>
      <form onSubmit={(event) => void pair(event)}>
        <label htmlFor="pair-code">{displayWords.pairCode.zh}</label>
        <input
          id="pair-code"
          className="code-input"
          value={code}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          maxLength={16}
          placeholder="ABCD-1234"
          onChange={(event) => setCode(event.target.value)}
        />
        {trouble !== undefined && (
          <p className="notice bad" role="alert">
            ✕ {wordsOf(trouble)}
          </p>
        )}
        <button type="submit" className="primary wide" disabled={isAsking || code.trim() === ""}>
          {displayWords.pair.zh}
        </button>
      </form>
    </main>
  )
}

function troubleOf(error: GatewayRefusal): string {
  return error.kind === "refused" ? error.code : "no-answer"
}

function wordsOf(code: string): string {
  const words: Readonly<Record<string, { readonly zh: string }>> = errorWords
  return words[code]?.zh ?? displayWords.noAnswer.zh
}
