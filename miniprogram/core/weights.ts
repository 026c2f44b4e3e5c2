/** Weights as a stall says them: kilograms, no digit lost. */
export function kilograms(grams: number): string {
  const [whole, rest] = [Math.floor(Math.abs(grams) / 1000), Math.abs(grams) % 1000]
  const digits = rest === 0 ? "" : `.${String(rest).padStart(3, "0").replace(/0+$/, "")}`
  return `${grams < 0 ? "−" : ""}${whole}${digits}`
}

/** A weight as the market's buyers say it: in jin, or in kilograms for who reads English. */
export function weightText(grams: number, language: "zh" | "en"): string {
  return language === "zh" ? `${kilograms(grams * 2)} 斤` : `${kilograms(grams)} kg`
}

/** What was typed, in grams; undefined for what is no weight of at most three decimals. */
export function gramsOf(typed: string): number | undefined {
  const match = /^(\d{1,7})(?:[.．](\d{1,3}))?$/.exec(typed.trim())
  if (match === null) return undefined
  const [, whole = "", rest = ""] = match
  return Number(whole) * 1000 + Number(rest.padEnd(3, "0"))
}
