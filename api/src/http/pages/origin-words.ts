import type { Word } from "@suyuan/look/words"
import type { OriginDescription } from "../../trace/describe-origin"

/** What stands before the places of an origin. */
export const originWords = {
  "all-from": "allFrom",
  "partly-from": "knownFrom",
  "one-or-several": "oneOrMoreOf",
  unknown: "originUnknown",
} as const satisfies Record<OriginDescription["kind"], Word>
