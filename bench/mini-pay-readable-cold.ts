// mini.payReadableCold: from opening a scanned address to stall, goods and amount on the screen, in a browser that has
// never been here, on a processor slowed four times and a line of 1.6 Mbit/s that answers after 150 ms; the median.
// Beside it until the button to pay is awake.
//
// Floor: one answer of 150 ms and one paint: the first page needs no script and no second request.
import type { Figure } from "./figure"
import { measureReadable } from "./mini/readable"

export const miniPayReadableCold: Figure = {
  name: "mini.payReadableCold",
  required: { atMost: 2 },
  measure: (run) => measureReadable("mini.payReadableCold", false, run),
}
