import type { ClientAnswer } from "@suyuan/client/client"
import { useCallback, useEffect, useState } from "react"

export type Asked<T> =
  | { readonly at: "loading" }
  | { readonly at: "offline" }
  | { readonly at: "refused"; readonly status: number; readonly code: string }
  | { readonly at: "there"; readonly value: T }

/** One question to the gateway, asked when the page opens and again when somebody says so. `ask` must be stable. */
export function useAnswer<T>(ask: () => Promise<ClientAnswer<T>>): readonly [Asked<T>, () => void] {
  const [asked, setAsked] = useState<Asked<T>>({ at: "loading" })
  const load = useCallback(() => {
    // What stands there stays until the new answer is there: nothing jumps.
    setAsked((before) => (before.at === "there" ? before : { at: "loading" }))
    void ask().then(
      (answer) => {
        if (answer.ok) setAsked({ at: "there", value: answer.value })
        else if (answer.status >= 500) setAsked({ at: "offline" })
        else setAsked({ at: "refused", status: answer.status, code: answer.refusal.code })
      },
      () => setAsked({ at: "offline" }),
    )
  }, [ask])
  useEffect(load, [load])
  return [asked, load]
}
