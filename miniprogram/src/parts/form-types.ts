export interface LineProps {
  readonly id: string
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly lengthMax: number
  /** Several lines of words: what was written stays in sight. */
  readonly isLong?: boolean
  /** Digits and a point. */
  readonly isWeight?: boolean
}
