import Taro from "@tarojs/taro"
import type { Kept } from "../../core/kept"

/** The program's own storage on this phone. */
export const kept: Kept = {
  read: (key) => Taro.getStorageSync<string>(key) || undefined,
  write(key, text) {
    if (text === undefined) Taro.removeStorageSync(key)
    else Taro.setStorageSync(key, text)
  },
}
