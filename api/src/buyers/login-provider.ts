/** Port to a platform's login: who is the person behind a code that their app or browser brought. */
import type { Platform, UnknownCause } from "../payments/payment-provider"

/** `mini`: inside the platform's mini-program; `h5`: a web page in the platform's own browser. */
export const loginChannels = ["mini", "h5"] as const
export type LoginChannel = (typeof loginChannels)[number]

/** A person as one app of one platform knows them: another app gives another id. */
export type PlatformIdentity = { readonly platform: Platform; readonly appId: string; readonly openId: string }

export type LoginOutcome =
  | { readonly kind: "succeeded"; readonly identity: PlatformIdentity }
  /** The code is wrong, used or too old. */
  | { readonly kind: "refused"; readonly code: string }
  | { readonly kind: "unknown"; readonly cause: UnknownCause }

export type LoginProvider = {
  readonly platform: Platform
  readonly identify: (channel: LoginChannel, code: string) => Promise<LoginOutcome>
  /** Page on which the platform asks the person, and returns to `returnUrl` with a code and the state. */
  readonly authorizeUrl: (returnUrl: string, state: string) => string
  /** Parameter of the return in which the platform puts its code. */
  readonly codeParameter: string
}

export type LoginProviders = Readonly<Record<Platform, LoginProvider>>
