/**
 * First letters of a Chinese name's pinyin (大白菜 → dbc), by where the characters stand in the Chinese collation: no
 * table of our own. A character of two readings has the commoner one, but for those that a market reads otherwise; a
 * seller's other spelling is a synonym in the catalogue.
 */
const letters = "abcdefghjklmnopqrstwxyz"
/** The first character of each letter in that order. */
const firsts = [..."阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥仨他穵夕丫帀"]
const collator = new Intl.Collator("zh-Hans-CN-u-co-pinyin", { sensitivity: "base" })
const marketReadings: Readonly<Record<string, string>> = { 茄: "q", 蛤: "g" }
const han = /\p{Script=Han}/u

export function pinyinInitials(name: string): string {
  return [...name]
    .map((character) => (han.test(character) ? initialOf(character) : character.toLowerCase()))
    .join("")
    .replace(/[^a-z0-9]/g, "")
}

function initialOf(character: string): string {
  let found = ""
  const atMarket = marketReadings[character]
  if (atMarket !== undefined) return atMarket
  for (const [index, first] of firsts.entries()) {
    if (collator.compare(character, first) < 0) break
    found = letters[index] ?? ""
  }
  return found
}
