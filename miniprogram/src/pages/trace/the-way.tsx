import type { Word } from "@suyuan/look/words"
import type { TraceAnswer } from "../../../core/origin-words"
import { Box, Title } from "../../parts/elements"
import { WayMap } from "../../parts/way-map"
import { useWords } from "../../session/language"
import { useSiteDay } from "../../session/zone"

type Stop = TraceAnswer["lines"][number]["way"][number]

const siteKinds: Readonly<Record<string, Word>> = { base: "siteBase", wholesale: "siteWholesale", market: "siteMarket" }

/** Where its places are, and a vertical line from the field to me, one stop a trade. */
export function TheWay({ way }: { readonly way: readonly Stop[] }) {
  const { language, say } = useWords()
  const { dayOf } = useSiteDay()
  if (way.length === 0) return null
  const comma = language === "zh" ? "、" : ", "
  return (
    <>
      <Title level={3}>{say("theWay")}</Title>
      <WayMap way={way} />
      <Box className="way">
        {way.toReversed().map((stop) => (
          <Box key={`${stop.level}-${stop.stallNumber}-${stop.stall}-${stop.arrivedAt}`} className="stop">
            <Box className="place">
              {stop.site} {stop.kind !== null && say(siteKinds[stop.kind] ?? "siteMarket")}
            </Box>
            <Box className="soft">
              {[stop.stall, stop.stallNumber].filter((part) => part !== null).join(comma)}
              {stop.arrivedAt !== null && ` · ${dayOf(stop.arrivedAt)}`}
              {stop.harvested && ` · ${say("harvestedOn")}`}
            </Box>
          </Box>
        ))}
        <Box className="stop mine">
          <Box className="place">{say("me")}</Box>
        </Box>
      </Box>
    </>
  )
}
