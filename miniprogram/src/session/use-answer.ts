import type { ClientAnswer } from "@suyuan/client/client"
import { useDidHide, useDidShow } from "@tarojs/taro"
import { useCallback, useEffect, useRef, useState } from "react"

export type Asked<T> =
  | { readonly at: "loading" }
  | { readonly at: "offline" }
  /** Asked too often, by whoever shares the network's address: it is there a moment later. */
  | { readonly at: "busy" }
  | { readonly at: "refused"; readonly status: number; readonly code: string }
  | { readonly at: "there"; readonly value: T }

/**
 * One question to the gateway, asked when the page opens, again when one comes back to it, and when somebody says so.
 * `ask` must be stable.
 */
export function useAnswer<T>(ask: () => Promise<ClientAnswer<T>>): readonly [Asked<T>, () => void] {
  const [asked, setAsked] = useState<Asked<T>>({ at: "loading" })
  const load = useCallback(() => {
    // What stands there stays until the new answer is there: nothing jumps, and it is read without a network, too.
    setAsked((before) => (before.at === "there" ? before : { at: "loading" }))
    const miss = (at: "offline" | "busy") => setAsked((before) => (before.at === "there" ? before : { at }))
    void ask().then(
      (answer) => {
        if (answer.ok) setAsked({ at: "there", value: answer.value })
        else if (answer.status === 429) miss("busy")
        else if (answer.status >= 500) miss("offline")
        else setAsked({ at: "refused", status: answer.status, code: answer.refusal.code })
      },
      () => miss("offline"),
    )
  }, [ask])
  useEffect(load, [load])
  // A page below others stays as it was, while what it tells goes on.
  const wasHidden = useRef(false)
  useDidHide(() => {
    wasHidden.current = true
  })
  useDidShow(() => {
    if (wasHidden.current) load()
    wasHidden.current = false
  })
  return [asked, load]
}
