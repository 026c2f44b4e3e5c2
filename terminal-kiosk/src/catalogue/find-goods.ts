export interface NamedGoods {
  /** What the seller may type instead of a name: place on the screen, or the catalogue's code. */
  readonly number: number
  readonly nameZh: string
  readonly nameEn: string
  readonly synonyms: readonly string[]
  /** Of the Chinese name, in pinyin; empty where the catalogue has none. */
  readonly initials: string
}

/** Whether what was typed means these goods: a number, the beginning of pinyin initials, or a part of a name. */
export function matchesGoods(typed: string, goods: NamedGoods): boolean {
  const wanted = typed.trim().toLowerCase()
  if (wanted === "") return true
  if (/^\d+$/.test(wanted)) return String(goods.number).startsWith(wanted)
  const names = [goods.nameZh, goods.nameEn, ...goods.synonyms].map((name) => name.toLowerCase())
  return names.some((name) => name.includes(wanted)) || goods.initials.startsWith(wanted)
}
