import type { Word } from "@suyuan/look/words"
import type { TraceAnswer } from "../../../core/origin-words"
import { stallName } from "../../../core/stall-name"
import { Box, Title } from "../../parts/elements"
import { WayMap } from "../../parts/way-map"
import { useWords } from "../../session/language"
import { useSiteDay } from "../../session/zone"

type Stop = TraceAnswer["lines"][number]["way"][number]

const siteKinds: Readonly<Record<string, Word>> = { base: "siteBase", wholesale: "siteWholesale", market: "siteMarket" }

type TheWayProps = { readonly way: readonly Stop[]; readonly isOwn: boolean }

/** Where its places are, and a vertical line from the field to the buyer, one stop a trade. */
export function TheWay({ way, isOwn }: TheWayProps) {
  const { language, say } = useWords()
  const { dayOf } = useSiteDay()
  if (way.length === 0) return null
  const hasField = way.some(({ harvested }) => harvested)
  return (
    <>
      <Title level={3}>{say(hasField ? (isOwn ? "theWay" : "theWayShared") : "theWayKnown")}</Title>
      <WayMap way={way} />
      <Box className="way">
        {way.toReversed().map((stop) => (
          <Box key={`${stop.level}-${stop.stallNumber}-${stop.stall}-${stop.arrivedAt}`} className="stop">
            <Box className="place">
              {language === "zh" ? stop.site : stop.siteEn}{" "}
              {stop.kind !== null && say(siteKinds[stop.kind] ?? "siteMarket")}
            </Box>
            <Box className="soft">
              {whoOf(stop)}
              {stop.arrivedAt !== null && ` · ${dayOf(stop.arrivedAt)}`}
              {stop.harvested && ` · ${say("harvestedOn")}`}
            </Box>
          </Box>
        ))}
        <Box className="stop mine">
          <Box className="place">{say(isOwn ? "me" : "buyer")}</Box>
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
