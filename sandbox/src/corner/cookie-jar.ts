/** Cookies of one phone for one gateway: names and values only, because the phone visits a single origin. */
export class CookieJar {
  readonly #cookies = new Map<string, string>()

  take(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const match = /^([^=;\s]+)=([^;]*)/.exec(line)
      if (match?.[1] === undefined) continue
      const gone = /;\s*max-age=0\b/i.test(line)
      if (gone) this.#cookies.delete(match[1])
      else this.#cookies.set(match[1], match[2] ?? "")
    }
  }

  header(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ")
  }

  clear(): void {
    this.#cookies.clear()
  }
}
