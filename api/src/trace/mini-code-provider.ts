/** Port to a platform's pictures that open its mini-program at a page: 小程序码. Asking again makes the same code again. */
import type { Photo } from "../inspections/photo-bytes"
import type { Platform, UnknownCause } from "../payments/payment-provider"

export type MiniCodeOutcome =
  | { readonly kind: "made"; readonly picture: Photo }
  /** It will be no code, however often it is asked for. */
  | { readonly kind: "refused"; readonly code: string }
  | { readonly kind: "unknown"; readonly cause: UnknownCause }

export type MiniCodeProvider = {
  /** A code that opens this share. */
  readonly codeOf: (shareId: string) => Promise<MiniCodeOutcome>
}

export type MiniCodeProviders = Readonly<Record<Platform, MiniCodeProvider>>

/** Where a share is shown in the mini-programs. */
export const sharePage = "pages/trace/index"
