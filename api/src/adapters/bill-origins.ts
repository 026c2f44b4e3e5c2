import type { Config } from "../config"

/** A bill file is larger than an answer: so many times the platform's time-out. */
export const billTimeoutFactor = 12

/** Production takes bill files from the platform's own host alone; elsewhere also from where its API is played. */
export function billOrigins(config: Config, apiUrl: string, platformOrigin: string): readonly string[] {
  return config.SUYUAN_ENV === "production" ? [platformOrigin] : [platformOrigin, new URL(apiUrl).origin]
}
