// mini.payReadableWarm: the same as mini.payReadableCold for the second code that a browser opens: scripts and styles are in
// its memory, the page of the sale is not.
//
// Floor: one answer of 150 ms and one paint.
import type { Figure } from "./figure"
import { measureReadable } from "./mini/readable"

export const miniPayReadableWarm: Figure = {
  name: "mini.payReadableWarm",
  required: { atMost: 0.8 },
  measure: (run) => measureReadable("mini.payReadableWarm", true, run),
}
