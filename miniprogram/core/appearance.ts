/** How a buyer wants pages to look: kept on the device and told to nobody. */
export const schemes = ["system", "light", "dark"] as const
export type Scheme = (typeof schemes)[number]

export interface Appearance {
  readonly scheme: Scheme
  readonly isLarge: boolean
}

export function appearanceText({ scheme, isLarge }: Appearance): string {
  return `${scheme}${isLarge ? " large" : ""}`
}

/** What was kept may be of another version, or somebody else's. */
export function readAppearance(kept: unknown): Appearance {
  const [first, size] = typeof kept === "string" ? kept.split(" ") : []
  return { scheme: schemes.find((scheme) => scheme === first) ?? "system", isLarge: size === "large" }
}

export function nextScheme(scheme: Scheme): Scheme {
  return schemes[(schemes.indexOf(scheme) + 1) % schemes.length] ?? "system"
}
