import type { BuyerWord } from "@suyuan/look/buyer-words"
import type { ReactNode } from "react"
import { useWords } from "../session/language"
import type { Asked } from "../session/use-answer"
import { Busy, Loading, Notice, Offline, Slip } from "./states"

type AskedPageProps<T> = {
  readonly asked: Asked<T>
  readonly again: () => void
  readonly title?: BuyerWord
  /** Why there is nothing for somebody of whom nothing is known, and what to do. */
  readonly stranger?: BuyerWord
  /** What they may read all the same. */
  readonly beside?: ReactNode
  readonly children: (value: T) => ReactNode
}

/** A page of one's own while it is read, without a network, and for somebody of whom nothing is known. */
export function AskedPage<T>(props: AskedPageProps<T>) {
  const { asked, again, title = "myPurchases", stranger = "notLoggedIn", beside, children } = props
  const { say } = useWords()
  if (asked.at === "loading") return <Loading />
  if (asked.at === "offline") return <Offline onAgain={again} />
  if (asked.at === "busy") return <Busy onAgain={again} />
  if (asked.at === "refused") {
    return (
      <Slip>
        <Notice title={say(title)} why={say(stranger)} />
        {beside}
      </Slip>
    )
  }
  return <>{children(asked.value)}</>
}
