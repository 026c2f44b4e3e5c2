/** What the market corner shows: a stall's pay code, read by a camera or opened on the buyer's phone beside it. */
export interface StallCode {
  /** `http://127.0.0.1:<port>/p/<digits>` */
  readonly url: string
  /** The stall's name, as the customer's screen shows it. */
  readonly stall: string
  /** When a new code replaces this one, ms since 1970. */
  readonly expiresAtMs: number
}

/** A headless stall, or nothing while it has no code to show. */
export type CodeSource = () => Promise<StallCode | undefined>
