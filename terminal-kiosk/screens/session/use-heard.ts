import { useEffect } from "react"
import { useKiosk } from "./use-kiosk"

/**
 * Reads the memory now, and again whenever a notice or an acknowledgement came.
 * @param read the same function as long as it reads the same.
 */
export function useHeard(read: () => void): void {
  const kiosk = useKiosk()
  useEffect(() => {
    read()
    return kiosk.watchHeard(read)
  }, [kiosk, read])
}
