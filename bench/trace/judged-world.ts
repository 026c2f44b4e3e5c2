// The committed world, judged once for all figures of a run.
import type { Run } from "../figure"
import { judgeWhole, type WholeReport } from "./judge-world"
import { committedWorld } from "./world"

const SEED = 1
const QUICK_DAYS = 4

let judged: readonly WholeReport[] | undefined

/** One report a habit, from books with every record. */
export function judgedWorld({ quick, say }: Run): readonly WholeReport[] {
  if (judged) return judged
  const world = quick ? { ...committedWorld, days: QUICK_DAYS } : committedWorld
  say(`plays ${world.days} days of single items in each of ${world.habits.length} habits …`)
  judged = world.habits.map((habit) => judgeWhole(world, habit, SEED))
  return judged
}

export function oursIn({ methods }: WholeReport) {
  return methods.find(({ method }) => method === "ours")!
}
