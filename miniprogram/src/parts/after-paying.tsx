import { AskLeave } from "./ask-leave"
import { RecallBanner } from "./recall-banner"

/** What the page after paying says beside the receipt, to whoever paid. */
export function AfterPaying({ sale }: { readonly sale: { readonly terminal: string; readonly counter: number } }) {
  return (
    <>
      <RecallBanner />
      <AskLeave sale={`${sale.terminal}-${sale.counter}`} />
    </>
  )
}
