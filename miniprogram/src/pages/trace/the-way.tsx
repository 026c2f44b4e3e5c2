import type { Word } from "@suyuan/look/words"
import type { TraceAnswer } from "../../../core/origin-words"
import { stallName } from "../../../core/stall-name"
import { Box, Title, Words } from "../../parts/elements"
import { WayMap } from "../../parts/way-map"
import { useWords } from "../../session/language"
import { useSiteDay } from "../../session/zone"

type Stop = TraceAnswer["lines"][number]["way"][number]

const siteKinds: Readonly<Record<string, Word>> = { base: "siteBase", wholesale: "siteWholesale", market: "siteMarket" }

type TheWayProps = { readonly way: readonly Stop[]; readonly soldAt: string; readonly isOwn: boolean }

/** Where its places are, and a vertical line from the field to the buyer, one stop a trade: when, and what was tested. */
export function TheWay({ way, soldAt, isOwn }: TheWayProps) {
  const { language, say } = useWords()
  const { momentOf } = useSiteDay()
  if (way.length === 0) return null
  const hasField = way.some(({ harvested }) => harvested)
  return (
    <>
      <Title level={3}>{say(hasField ? (isOwn ? "theWay" : "theWayShared") : "theWayKnown")}</Title>
      <WayMap way={way} />
      <Box className="way">
        {[...way].reverse().map((stop) => (
          <Box key={`${stop.level}-${stop.stallNumber}-${stop.stall}-${stop.arrivedAt}`} className="stop">
            <Box className="place">
              {language === "zh" ? stop.site : stop.siteEn}{" "}
              {stop.kind !== null && say(siteKinds[stop.kind] ?? "siteMarket")}
            </Box>
            <Box className="soft">
              {whoOf(stop)}
              {stop.arrivedAt !== null && (
                <>
                  {" · "}
                  <Words className="whole">{momentOf(stop.arrivedAt)}</Words>
                </>
              )}
              {stop.harvested && ` ${say("harvestedOn")}`}
              {stop.inspections > 0 && ` · ${say("testsThere")} × ${stop.inspections}`}
            </Box>
          </Box>
        ))}
        <Box className="stop mine">
          <Box className="place">{say(isOwn ? "me" : "buyer")}</Box>
          <Box className="soft">
            <Words className="whole">{momentOf(soldAt)}</Words>
          </Box>
        </Box>
      </Box>
    </>
  )
}

/** At a base its number says nothing: it has no stalls. */
function whoOf({ stall, stallNumber, kind }: Stop): string {
  if (stall === null) return stallNumber ?? ""
  return kind === "base" || stallNumber === null ? stall : stallName({ name: stall, number: stallNumber })
}
