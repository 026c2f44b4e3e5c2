import { colours } from "@suyuan/look/tokens"
import Taro from "@tarojs/taro"
import { type Appearance, appearanceText, readAppearance } from "../../core/appearance"

const KEY = "appearance"

export function firstAppearance(): Appearance {
  return readAppearance(Taro.getStorageSync(KEY))
}

export function keepAppearance(appearance: Appearance): void {
  try {
    Taro.setStorageSync(KEY, appearanceText(appearance))
  } catch {
    // The phone's storage is full: the choice lasts until the program is closed, which is no reason to refuse it.
  }
}

/** Of the page's outermost element: nobody can mark the page itself. */
export function appearanceClass({ scheme, isLarge }: Appearance): string {
  return [scheme === "system" ? "" : `look-${scheme}`, isLarge ? "look-large" : ""].filter((name) => name).join(" ")
}

/** The platform's bar above the page goes with it. */
export function dressBar({ scheme }: Appearance): void {
  if (scheme === "system") return
  const bar = { frontColor: scheme === "dark" ? "#ffffff" : "#000000", backgroundColor: colours.paper[scheme] }
  void Taro.setNavigationBarColor?.(bar)?.catch(() => {})
}
