import { type TerminalWord, terminalWords } from "@suyuan/look/terminal-words"
import { createContext, type PropsWithChildren, useContext, useSyncExternalStore } from "react"
import type { Kiosk } from "./kiosk"
import type { KioskState } from "./state"

const KioskContext = createContext<Kiosk | undefined>(undefined)

export function KioskProvider({ kiosk, children }: PropsWithChildren<{ readonly kiosk: Kiosk }>) {
  return <KioskContext value={kiosk}>{children}</KioskContext>
}

export function useKiosk(): Kiosk {
  const kiosk = useContext(KioskContext)
  if (kiosk === undefined) throw new Error("a screen stands outside of the terminal")
  return kiosk
}

export function useKioskState(): KioskState {
  const { state } = useKiosk()
  return useSyncExternalStore(state.watch, state.get)
}

/** A part of it: whoever asks is drawn again when that part is another one. */
export function useKioskPart<Part>(part: (state: KioskState) => Part): Part {
  const { state } = useKiosk()
  return useSyncExternalStore(state.watch, () => part(state.get()))
}

export type Say = (word: TerminalWord) => string

/** One language at a time, the owner's choice. */
export function useWords(): Say {
  const language = useKioskPart(({ settings }) => settings.language)
  return (word) => terminalWords[word][language]
}
