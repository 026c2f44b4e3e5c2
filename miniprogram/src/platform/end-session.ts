import { kept } from "./keep"

/** The gateway ended it; the phone lets go of its own. */
export function endOwnSession(): void {
  kept.write("session", undefined)
}
