import { alarmPageWords, alarmWords, evidenceWords, moneyReasonWords } from "@suyuan/look/alarm-words"
import type { WordLanguage } from "@suyuan/look/words"
import { fenToYuan } from "@suyuan/protocol/units/money"
import { evidenceSchemas } from "./evidence"
import type { AlarmView } from "./read-alarms"

type Said = Pick<AlarmView, "kind" | "evidence" | "goods" | "site">

/** What happened, with its figures. */
export function sayAlarm(alarm: Said, language: WordLanguage): string {
  const evidence = evidenceOf(alarm)
  const unknownGrams = ["outsideGrams", "shortfallGrams", "surplusGrams"].reduce(
    (sum, name) => sum + Number(evidence[name] ?? 0),
    0,
  )
  const goods = language === "zh" ? alarm.goods?.nameZh : alarm.goods?.nameEn
  const figures: Record<string, unknown> = { ...evidence, unknownGrams, goods: goods ?? evidence.commodity }
  return alarmWords[alarm.kind].said[language].replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    sayFigure(name, figures[name], alarm, language),
  )
}

/** Every figure with its name, for those who want to count again. */
export function sayEvidence(alarm: Said, language: WordLanguage): { readonly name: string; readonly value: string }[] {
  const evidence = evidenceOf(alarm)
  return Object.entries(evidenceWords).flatMap(([name, words]) =>
    evidence[name] === undefined
      ? []
      : [{ name: words[language], value: sayFigure(name, evidence[name], alarm, language) }],
  )
}

function evidenceOf({ kind, evidence }: Said): Readonly<Record<string, unknown>> {
  return { ...evidenceSchemas[kind].parse(evidence) }
}

function sayFigure(name: string, value: unknown, { site }: Said, language: WordLanguage): string {
  if (value === null || value === undefined) return alarmPageWords.atOnce[language]
  if (Array.isArray(value)) return value.join(language === "zh" ? "、" : ", ")
  if (name.endsWith("At")) return localSecond(String(value), site?.zone ?? "UTC")
  if (name === "reason") return moneyReasonWords[value as keyof typeof moneyReasonWords]?.[language] ?? String(value)
  if (typeof value !== "number") return String(value)
  if (/grams$/i.test(name)) return `${value / 1000} ${language === "zh" ? "公斤" : "kg"}`
  if (name.endsWith("Permille")) return `${value / 10} %`
  return name.endsWith("Fen") ? `¥${fenToYuan(value)}` : String(value)
}

function localSecond(at: string, zone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" }).format(
    new Date(at),
  )
}
