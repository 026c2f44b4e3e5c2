/**
 * A UUIDv7 for a request that must happen once. Made and kept before it is sent. A mini-program's realm has no secure
 * randomness at once, and needs none here: the id is no secret, it only must not meet another one.
 */
export function makeRequestId(nowMs: number, random: () => number = Math.random): string {
  const hex = (digits: number) => Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join("")
  const time = Math.floor(nowMs).toString(16).padStart(12, "0")
  const variant = (8 + Math.floor(random() * 4)).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-${variant}${hex(3)}-${hex(12)}`
}
