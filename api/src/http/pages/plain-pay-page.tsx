import { stateShapes } from "@suyuan/look/tokens"
import { type Word, type WordLanguage, words } from "@suyuan/look/words"
import { fenToYuan } from "@suyuan/protocol/units/money"
import type { FC, PropsWithChildren } from "hono/jsx"
import { PlainFrame, type PlainFrameProps } from "./plain-frame"

/** What a browser without scripts is shown for the wallet: a code, an address, or nothing when no platform answered. */
export type PlainStep =
  | { readonly kind: "code"; readonly image: string }
  | { readonly kind: "address"; readonly url: string }
  | { readonly kind: "none" }

type PlainPayPageProps = Omit<PlainFrameProps, "title"> & { readonly digits: string; readonly step: PlainStep }

/** Between the button and the wallet. */
export const PlainPayPage: FC<PlainPayPageProps> = ({ digits, step, ...frame }) => {
  const say = (word: Word) => words[word][frame.language]
  const title = say(step.kind === "code" ? "scanToPay" : step.kind === "address" ? "goToWallet" : "paying")
  return (
    <PlainFrame title={title} {...frame}>
      {step.kind === "code" && <img class="code" src={step.image} width="280" height="280" alt={say("scanToPay")} />}
      {step.kind === "address" && (
        <a class="button" href={step.url}>
          {say("openWallet")}
        </a>
      )}
      <p class="soft">{say("afterWallet")}</p>
      <OwnResult digits={digits} language={frame.language} />
    </PlainFrame>
  )
}

export type PlainState = {
  readonly state: string
  readonly paidFen: number
  readonly refundedFen: number
  readonly paidByMe: boolean
  readonly receiptDigits: string | null
}

type PlainReceiptPageProps = Omit<PlainFrameProps, "title"> & { readonly digits: string; readonly sale: PlainState }

/** The payer's own result, for a browser without scripts: it asks again by itself until it is known. */
export const PlainReceiptPage: FC<PlainReceiptPageProps> = ({ digits, sale, ...frame }) => {
  const say = (word: Word) => words[word][frame.language]
  const isPaid = sale.state === "paid"
  const title = isPaid ? say("paid") : sale.state === "closed" ? say("closed") : say("paying")
  return (
    <PlainFrame title={title} {...frame} repeats={!isPaid && sale.state !== "closed"}>
      {isPaid && (
        <State shape="paid" look="good">
          ¥{fenToYuan(sale.paidFen)}
        </State>
      )}
      {isPaid && !sale.paidByMe && <State shape="unknown">{say("paidElsewhere")}</State>}
      {sale.refundedFen > 0 && (
        <State shape="waiting">
          {say("refunded")} ¥{fenToYuan(sale.refundedFen)}
        </State>
      )}
      {sale.receiptDigits !== null && (
        <>
          <p>{say("receiptIfAsked")}</p>
          <p class="digits">{sale.receiptDigits.replace(/(?<=^\d{3})/, " ")}</p>
        </>
      )}
      {!isPaid && <p class="soft">{say("asksAgain")}</p>}
      <p>
        <a href={`/p/${digits}`}>{say("backToSale")}</a>
      </p>
    </PlainFrame>
  )
}

type StateProps = PropsWithChildren<{ readonly shape: keyof typeof stateShapes; readonly look?: "good" | "waiting" }>

const State: FC<StateProps> = ({ shape, look = "waiting", children }) => (
  <p class={`${look} large`}>
    {stateShapes[shape]} {children}
  </p>
)

/** The way there from the sale's own plain page and from the wallet's. */
export const OwnResult: FC<{ readonly digits: string; readonly language: WordLanguage }> = ({ digits, language }) => (
  <a class="own-result" href={`/p/${digits}/receipt`}>
    {words.ownResult[language]}
  </a>
)
