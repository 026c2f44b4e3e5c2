/**
 * The one source of the visual language: terminal, phone pages, console and sandbox all build from it.
 * Pure data, and `css()` that turns it into CSS custom properties. Contrast is checked in tests/look/tokens.test.ts.
 */

/** Colour tokens, light and dark, as sRGB hex. Colour never stands alone: each state also has a word and a shape (`stateShapes`). */
export const colours = {
  paper: { light: "#FBFAF5", dark: "#14160F" },
  card: { light: "#FFFFFF", dark: "#1E211A" },
  ink: { light: "#1D2318", dark: "#EEF0E6" },
  "ink-soft": { light: "#5E6656", dark: "#A6AD9A" },
  line: { light: "#DEDCCF", dark: "#3A3F32" },
  leaf: { light: "#2E7D46", dark: "#6CC486" },
  grain: { light: "#B7791F", dark: "#E5B454" },
  "grain-ink": { light: "#8A5A12", dark: "#E5B454" },
  chilli: { light: "#B3261E", dark: "#FF8A80" },
  sky: { light: "#2B6CB0", dark: "#7FB3E6" },
  "on-leaf": { light: "#FFFFFF", dark: "#14160F" },
  "on-grain": { light: "#14160F", dark: "#14160F" },
  /** Ground of codes that a camera reads, in either scheme. */
  "code-ground": { light: "#FFFFFF", dark: "#FFFFFF" },
  shadow: { light: "rgb(29 35 24 / 0.08)", dark: "rgb(0 0 0 / 0.4)" },
  pressed: { light: "rgb(29 35 24 / 0.14)", dark: "rgb(255 255 255 / 0.16)" },
} as const

export type Colour = keyof typeof colours

/** Shape that goes with each state, next to its word. */
export const stateShapes = { paid: "✓", waiting: "◔", unknown: "?", refused: "✕" } as const

/** Font stack: system fonts only, so no screen loads one from outside. */
export const fontStack = '"PingFang SC", "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", system-ui, sans-serif'

/** Type scale in px; large-text mode multiplies by `largeTextFactor`. */
export const typeScalePx = [12, 14, 16, 20, 28, 44, 72] as const
export const largeTextFactor = 1.3

/** Grid step, card radius and smallest touch targets in px. */
export const gridPx = 4
export const cardRadiusPx = 12
export const touchTargetPx = { phone: 44, terminal: 56 } as const

/** Longest motion in ms; none at all under `prefers-reduced-motion`. */
export const motionMsMax = 200

function colourLines(scheme: "light" | "dark"): string {
  return Object.entries(colours)
    .map(([name, value]) => `  --${name}: ${value[scheme]};`)
    .join("\n")
}

/**
 * CSS custom properties for both schemes: `--<colour>`, `--text-<px>`, `--font`, `--radius`, `--motion`.
 * The system's scheme decides unless the root carries `data-scheme="light"` or `"dark"`;
 * `data-text="large"` on the root enlarges the type scale.
 */
export function css(): string {
  const sizes = (factor: number) => typeScalePx.map((px) => `  --text-${px}: ${(px * factor) / 16}rem;`).join("\n")
  return `:root {
  color-scheme: light dark;
${colourLines("light")}
${sizes(1)}
  --font: ${fontStack};
  --grid: ${gridPx}px;
  --radius: ${cardRadiusPx}px;
  --motion: ${motionMsMax}ms;
}
@media (prefers-color-scheme: dark) { :root:not([data-scheme="light"]) {
${colourLines("dark")}
} }
:root[data-scheme="light"] { color-scheme: light; }
:root[data-scheme="dark"] { color-scheme: dark;
${colourLines("dark")}
}
:root[data-text="large"] {
${sizes(largeTextFactor)}
}
@media (prefers-reduced-motion: reduce) { :root { --motion: 0ms; } }
`
}

/**
 * The same for mini-programs, whose root is `page` and whose styles know px alone; dark where the app allows it. Nobody can
 * mark `page`: what a buyer chose stands on the outermost element, as `look-light`, `look-dark` and `look-large`.
 */
export function miniCss(): string {
  const sizes = (factor: number) => typeScalePx.map((px) => `  --text-${px}: ${Math.round(px * factor)}px;`).join("\n")
  return `page {
${colourLines("light")}
${sizes(1)}
  --font: ${fontStack};
  --grid: ${gridPx}px;
  --radius: ${cardRadiusPx}px;
  --motion: ${motionMsMax}ms;
}
@media (prefers-color-scheme: dark) { page {
${colourLines("dark")}
} }
.look-light {
${colourLines("light")}
}
.look-dark {
${colourLines("dark")}
}
.look-large {
${sizes(largeTextFactor)}
}
`
}
