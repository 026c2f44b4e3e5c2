// MQTT 3.1.1 §4.7: whether one topic filter allows a topic, or another filter, in full.

const LEVELS_MAX = 16

/** True when every topic that `requested` (a topic or a filter) can name is also named by `allowed`. */
export function isCovered(requested: string, allowed: string): boolean {
  const wanted = requested.split("/")
  const granted = allowed.split("/")
  // §4.7.2: a wildcard at the first level does not reach topics that begin with $.
  if (requested.startsWith("$") && granted[0] !== wanted[0]) return false
  for (const [level, grantedLevel] of granted.entries()) {
    if (grantedLevel === "#") return true // §4.7.1.2: also the parent level itself
    const wantedLevel = wanted[level]
    if (wantedLevel === undefined || wantedLevel === "#") return false
    if (grantedLevel !== "+" && grantedLevel !== wantedLevel) return false
  }
  return wanted.length === granted.length
}

/** A filter whose wildcards stand alone in their level, `#` last, and that is not absurdly deep. */
export function isFilter(filter: string): boolean {
  const levels = filter.split("/")
  if (filter === "" || filter.includes("\0") || levels.length > LEVELS_MAX) return false
  return levels.every(
    (level, index) =>
      (!level.includes("+") || level === "+") &&
      (!level.includes("#") || (level === "#" && index === levels.length - 1)),
  )
}
