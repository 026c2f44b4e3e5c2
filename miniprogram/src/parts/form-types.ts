export interface LineProps {
  readonly id: string
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly lengthMax: number
  /** Digits and a point. */
  readonly isWeight?: boolean
}
