export type Language = "zh" | "en"

/** The better liked of our two languages (RFC 9110 §12.5.4); Chinese when neither is named. */
export function preferredLanguage(acceptLanguage: string | undefined): Language {
  let best: Language = "zh"
  let bestWeight = 0
  for (const part of (acceptLanguage ?? "").slice(0, 500).split(",")) {
    const [tag, ...parameters] = part.trim().toLowerCase().split(";")
    const weight = Number(
      parameters
        .map((p) => p.trim())
        .find((p) => p.startsWith("q="))
        ?.slice(2) ?? "1",
    )
    const language =
      tag === "zh" || tag?.startsWith("zh-") ? "zh" : tag === "en" || tag?.startsWith("en-") ? "en" : undefined
    if (language && weight > bestWeight) {
      best = language
      bestWeight = weight
    }
  }
  return best
}
