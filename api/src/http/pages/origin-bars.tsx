import { buyerWords } from "@suyuan/look/buyer-words"
import { originBars, rangeText } from "@suyuan/look/origin-bars"
import type { WordLanguage } from "@suyuan/look/words"
import type { FC } from "hono/jsx"
import type { OriginDescription } from "../../trace/describe-origin"
import { marketDay } from "./origin-words"

type OriginBarsProps = { readonly origin: OriginDescription; readonly zone: string; readonly language: WordLanguage }

/** Solid is certain, hatched is possible, dots are unknown; in words beside it. `BarPatterns` stands on the same page. */
export const OriginBars: FC<OriginBarsProps> = ({ origin, zone, language }) => (
  <>
    {originBars(origin, language, (harvestedAt) => marketDay(harvestedAt, zone)).map((bar) => {
      const said = `${rangeText(bar)} ${bar.label}`
      const [may, must] = bar.isUnknown ? ["bar-unknown", "bar-surely-unknown"] : ["bar-possible", "bar-certain"]
      return (
        <div class="bar">
          <svg role="img" aria-label={said}>
            <rect class="whole" width="100%" height="100%" />
            <rect fill={`url(#${may})`} width={`${bar.mayPercent}%`} height="100%" />
            <rect fill={`url(#${must})`} width={`${bar.mustPercent}%`} height="100%" />
          </svg>
          <span>{said}</span>
        </div>
      )
    })}
    <p class="soft">{buyerWords.legend[language]}</p>
  </>
)

/** What bars are filled with: once a page, since a page's style may set no widths and no pictures of its own. */
export const BarPatterns: FC = () => (
  <svg class="patterns" width="0" height="0" aria-hidden="true">
    <pattern id="bar-certain" width="6" height="6" patternUnits="userSpaceOnUse">
      <rect class="leaf" width="6" height="6" />
    </pattern>
    <pattern id="bar-possible" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect class="leaf" width="2" height="6" />
    </pattern>
    <pattern id="bar-unknown" width="6" height="6" patternUnits="userSpaceOnUse">
      <circle class="grain" cx="3" cy="3" r="1.5" />
    </pattern>
    <pattern id="bar-surely-unknown" width="6" height="6" patternUnits="userSpaceOnUse">
      <circle class="grain-ink" cx="3" cy="3" r="2" />
    </pattern>
  </svg>
)

export const barStyle = `
.bar{margin:8px 0;font-size:14px}.bar svg{display:block;box-sizing:border-box;width:100%;height:12px;border:1px solid var(--ink-soft);border-radius:6px}
.whole{fill:var(--paper)}.patterns{position:absolute}.leaf{fill:var(--leaf)}.grain{fill:var(--grain)}.grain-ink{fill:var(--grain-ink)}
`
