/**
 * Standards of rapid tests (快检) and the limits that they set. The same figure passes by one and fails by another, so
 * each test names its standard and is judged by that one's limit. Pure: no clock, no I/O.
 */

export interface RapidTestStandard {
  /** As it is written on a report, with its year. */
  readonly name: string
  readonly method: string
  /** From this inhibition on the sample is positive and is tested again. */
  readonly limitPermille: number
}

/** Enzyme inhibition of pesticide residues (酶抑制率法): GB/T says positive from 50 %, NY/T from 70 %. */
export const RAPID_TEST_STANDARDS: readonly RapidTestStandard[] = [
  { name: "GB/T 5009.199-2003", method: "酶抑制率法", limitPermille: 500 },
  { name: "NY/T 448-2001", method: "酶抑制率法", limitPermille: 700 },
]

/** Without blanks, with plain hyphens and slashes: how people write it differs. */
function plain(name: string): string {
  return name
    .toUpperCase()
    .replace(/[\s\u3000]/g, "")
    .replace(/[–—－]/g, "-")
    .replace(/／/g, "/")
}

/** The standard of this name, with or without its year; `undefined` for one that we do not know the limit of. */
export function rapidTestStandard(name: string): RapidTestStandard | undefined {
  const wanted = plain(name)
  return RAPID_TEST_STANDARDS.find((standard) => {
    const own = plain(standard.name)
    return own === wanted || own.slice(0, own.lastIndexOf("-")) === wanted
  })
}

/** Below the limit a sample has passed; at the limit it has not. */
export function concludeRapidTest(inhibitionPermille: number, limitPermille: number): "passed" | "failed" {
  return inhibitionPermille < limitPermille ? "passed" : "failed"
}
