export type Language = "zh" | "en"

/** `?lang=` decides, then what was chosen before (cookie); Chinese first. */
export function languageOf(request: Request): Language {
  const asked = new URL(request.url).searchParams.get("lang")
  if (asked === "zh" || asked === "en") return asked
  return /(?:^|;\s*)lang=en(?:;|$)/.test(request.headers.get("cookie") ?? "") ? "en" : "zh"
}
