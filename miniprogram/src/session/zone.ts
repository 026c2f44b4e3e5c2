import { createContext, useContext } from "react"
import { marketDay, marketMoment } from "../../core/market-day"

/** Of the site whose page it is, as the gateway told it. */
export const SiteZone = createContext<string | undefined>(undefined)

interface SiteDay {
  readonly zone: string | undefined
  readonly dayOf: (instant: string) => string
  /** Day and time; of a share the day alone. */
  readonly momentOf: (instant: string) => string
}

/** Days and times as that site's calendar and clock have them. */
export function useSiteDay(): SiteDay {
  const zone = useContext(SiteZone)
  return {
    zone,
    dayOf: (instant) => marketDay(instant, zone),
    momentOf: (instant) => marketMoment(instant, zone),
  }
}
