import type { BillFiles } from "./bills/bill-files"
import type { Buyers } from "./buyers/buyers"
import type { Faults } from "./faults/faults"
import type { SandboxKeys } from "./keys/keep-keys"
import type { Messages } from "./messages/messages"
import type { Notifier } from "./notifications/notifier"
import type { Store } from "./orders/store"
import type { Settings } from "./settings"

/** Everything the routes work with; made once in main.ts. */
export interface World {
  readonly settings: Settings
  readonly keys: SandboxKeys
  readonly store: Store
  readonly faults: Faults
  readonly notifier: Notifier
  readonly buyers: Buyers
  readonly messages: Messages
  readonly billFiles: BillFiles
  /** The gateway that the phone opens, without a trailing slash; it may be told only after the start. */
  readonly gateway: { url: string | undefined }
}
