import type { BuyerWord } from "@suyuan/look/buyer-words"
import { stateShapes } from "@suyuan/look/tokens"
import type { ReactNode } from "react"
import { useAppearance } from "../session/appearance"
import { useDemo } from "../session/demo"
import { useWords } from "../session/language"
import { usePageName } from "../session/use-page-name"
import { Box, Page, Press, Title, Words } from "./elements"
import { Settings } from "./settings"

type SlipProps = {
  /** What the content says; without it the gateway is asked, once. */
  readonly isDemo?: boolean
  /** Gone in a moment: asks nothing. */
  readonly isPassing?: boolean
  readonly className?: string
  readonly children: ReactNode
}

/** One slip of paper, the settings below it. Every page and every state of one stands on it. */
export function Slip({ isDemo: said, isPassing = false, className: room = "", children }: SlipProps) {
  const { say } = useWords()
  const { className } = useAppearance()
  const isDemo = useDemo(said, !isPassing)
  usePageName()
  return (
    <Page className={className}>
      {isDemo && <Box className="demo">{say("demo")}</Box>}
      <Box className={`slip ${room}`}>{children}</Box>
      <Settings />
    </Page>
  )
}

type Shape = keyof typeof stateShapes
const colours = { paid: "good", waiting: "wait", unknown: "wait", refused: "bad" } as const satisfies Record<
  Shape,
  string
>

/** A state never is a colour alone: it has a shape and a word. */
export function Mark({ shape, children }: { readonly shape: Shape; readonly children: ReactNode }) {
  return (
    <Box className={`mark ${colours[shape]}`}>
      {stateShapes[shape]} {children}
    </Box>
  )
}

export interface NoticeProps {
  /** None where nothing has happened and nothing is awaited. */
  readonly shape?: Shape | undefined
  readonly title: string
  readonly why?: string
  readonly children?: ReactNode
}

/** What happened, why, what now. */
export function Notice({ shape, title, why, children }: NoticeProps) {
  return (
    <Box className="notice" isStatus>
      {shape !== undefined && (
        <Box className={`shape ${colours[shape]}`} label={title}>
          {stateShapes[shape]}
        </Box>
      )}
      <Title level={1}>{title}</Title>
      {why !== undefined && <Box className="why">{why}</Box>}
      {children}
    </Box>
  )
}

/** Keeps the place of what is coming, so that nothing jumps. */
export function Loading() {
  const { say } = useWords()
  return (
    <Slip isPassing className="reading">
      <Title level={1}>{say("loading")}</Title>
      <Box className="ghost tall" />
      <Box className="ghost" />
      <Box className="ghost" />
    </Slip>
  )
}

type OfflineProps = { readonly onAgain: () => void; readonly why?: BuyerWord }

export function Offline({ onAgain, why = "offlineWhatNow" }: OfflineProps) {
  const { say } = useWords()
  return (
    <Slip isPassing>
      <Notice shape="waiting" title={say("offlineTitle")} why={say(why)}>
        <Press id="again" className="primary" onPress={onAgain}>
          {say("tryAgain")}
        </Press>
      </Notice>
    </Slip>
  )
}

/** The gateway wants to be asked less; whatever was to be seen is there a moment later. */
export function Busy({ onAgain }: Pick<OfflineProps, "onAgain">) {
  const { say } = useWords()
  return (
    <Slip isPassing>
      <Notice shape="waiting" title={say("tooManyTitle")} why={say("tooManyWhatNow")}>
        <Press id="again" className="primary" onPress={onAgain}>
          {say("tryAgain")}
        </Press>
      </Notice>
    </Slip>
  )
}

export function Row({ children, className = "" }: { readonly children: ReactNode; readonly className?: string }) {
  return <Box className={`row ${className}`}>{children}</Box>
}

export function Soft({ children }: { readonly children: ReactNode }) {
  return <Words className="soft">{children}</Words>
}
