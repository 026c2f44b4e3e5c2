import { createContext, useContext } from "react"
import { marketDay } from "../../core/market-day"

/** Of the site whose page it is, as the gateway told it. */
export const SiteZone = createContext<string | undefined>(undefined)

/** Days as that site's calendar counts them. */
export function useSiteDay(): { readonly zone: string | undefined; readonly dayOf: (instant: string) => string } {
  const zone = useContext(SiteZone)
  return { zone, dayOf: (instant) => marketDay(instant, zone) }
}
