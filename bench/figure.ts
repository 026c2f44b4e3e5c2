/** What `npm run bench` prints: one line of JSON each. */
export type Reading = {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** How many things were measured. */
  readonly n: number
}

export type Run = {
  /** A short run for whoever is changing something: its values are not for the record. */
  readonly quick: boolean
  /** Of steady measuring; a warm-up comes on top. */
  readonly seconds: (full: number) => number
  /** One sentence for the person who watches. */
  readonly say: (sentence: string) => void
}

export type Figure = {
  readonly name: string
  /** What the first reading must reach on two cores with embedded engines. */
  readonly required: { readonly atLeast: number } | { readonly atMost: number }
  /** Data that is built once, by a command of its own. */
  readonly needs?: { readonly isThere: () => boolean; readonly from: string }
  /** The figure itself first; what stands beside it after that, under longer names. */
  readonly measure: (run: Run) => Promise<readonly Reading[]>
}

export function reaches(figure: Figure, value: number): boolean {
  return "atLeast" in figure.required ? value >= figure.required.atLeast : value <= figure.required.atMost
}

export function describeRequired({ required }: Figure): string {
  return "atLeast" in required ? `≥ ${required.atLeast}` : `≤ ${required.atMost}`
}
