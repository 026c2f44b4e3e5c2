import type { ReactNode } from "react"
import type { TraceAnswer } from "../../core/origin-words"

export interface WordsProps {
  readonly className?: string
  readonly children?: ReactNode
}

export interface BoxProps extends WordsProps {
  /** Of a drawing: what it says in words. */
  readonly label?: string
  /** Told by a screen reader when it changes. */
  readonly isStatus?: boolean
  /** Of a bar, in per cent. */
  readonly width?: string
}

export interface TitleProps extends WordsProps {
  readonly level: 1 | 2 | 3
}

export interface PressProps extends WordsProps {
  readonly id: string
  readonly onPress?: () => void
  readonly isDisabled?: boolean
  /** Opens the platform's own share sheet. */
  readonly isShare?: boolean
  /** Whether what it shows and hides is there. */
  readonly isOpen?: boolean
  /** Whether it is the one that was chosen among several. */
  readonly isChosen?: boolean
}

export interface PictureProps {
  readonly className?: string
  readonly source: string
  readonly label: string
  /** In px, known before it is there: nothing moves when it comes. */
  readonly width: number
  readonly height: number
  /** Nothing of it is cut off; otherwise it fills its place. */
  readonly isWhole?: boolean
  /** Asked for only when it is about to be seen. */
  readonly isLazy?: boolean
  readonly onFail?: () => void
}

export interface FieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}

export interface WayMapProps {
  /** Of one line, from the stall back to the fields. */
  readonly way: TraceAnswer["lines"][number]["way"]
}
