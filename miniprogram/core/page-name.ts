import type { BuyerWord } from "@suyuan/look/buyer-words"

/** What the bar above each page, or the tab of a browser, says: `pages/<name>/index`. */
const names: Readonly<Record<string, BuyerWord>> = {
  pay: "barPay",
  trace: "barTrace",
  verify: "barVerify",
  mine: "barMine",
  recall: "barRecall",
  problem: "barProblem",
  data: "barData",
  join: "barJoin",
  stall: "barStall",
  bind: "barBind",
}

/** @param path as the platform has it: with a slash before it or without, with a query or without */
export function pageName(path: string): BuyerWord | undefined {
  return names[/pages\/(\w+)\/index/.exec(path)?.[1] ?? ""]
}
