import type { ReactNode } from "react"
import { useWords } from "../session/language"
import type { Asked } from "../session/use-answer"
import { Loading, Notice, Offline, Slip } from "./states"

type AskedPageProps<T> = {
  readonly asked: Asked<T>
  readonly again: () => void
  readonly children: (value: T) => ReactNode
}

/** A page of one's own while it is read, without a network, and for somebody of whom nothing is known. */
export function AskedPage<T>({ asked, again, children }: AskedPageProps<T>) {
  const { say } = useWords()
  if (asked.at === "loading") return <Loading />
  if (asked.at === "offline") return <Offline onAgain={again} />
  if (asked.at === "refused") {
    return (
      <Slip>
        <Notice shape="waiting" title={say("myPurchases")} why={say("notLoggedIn")} />
      </Slip>
    )
  }
  return <>{children(asked.value)}</>
}
