/** 十二元八角: what the tablet says aloud, so that nobody has to look. */
const digits = [..."零一二三四五六七八九"]
const units = ["", "十", "百", "千"]
const groups = ["", "万", "亿"]

/** @throws RangeError below nothing and for parts of a fen. */
export function chineseAmount(fen: number): string {
  if (!Number.isSafeInteger(fen) || fen < 0) throw new RangeError(`not an amount of fen: ${fen}`)
  const [yuan, jiao, rest] = [Math.floor(fen / 100), Math.floor(fen / 10) % 10, fen % 10]
  const whole = yuan > 0 || fen === 0 ? `${chineseNumber(yuan)}元` : ""
  const tenths = jiao > 0 ? `${digits[jiao]}角` : yuan > 0 && rest > 0 ? "零" : ""
  return whole + tenths + (rest > 0 ? `${digits[rest]}分` : "")
}

function chineseNumber(value: number): string {
  if (value === 0) return digits[0]!
  let text = ""
  let needsZero = false
  for (let group = groups.length - 1; group >= 0; group -= 1) {
    const part = Math.floor(value / 10_000 ** group) % 10_000
    if (part === 0) {
      needsZero = text !== ""
      continue
    }
    text += (text !== "" && (needsZero || part < 1000) ? digits[0] : "") + fourDigits(part) + groups[group]
    needsZero = false
  }
  return text.replace(/^一十/, "十")
}

function fourDigits(value: number): string {
  let text = ""
  let needsZero = false
  for (let place = 3; place >= 0; place -= 1) {
    const digit = Math.floor(value / 10 ** place) % 10
    if (digit === 0) {
      needsZero = text !== ""
      continue
    }
    text += `${needsZero ? digits[0] : ""}${digits[digit]}${units[place]}`
    needsZero = false
  }
  return text
}
