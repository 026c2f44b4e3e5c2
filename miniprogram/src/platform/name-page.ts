import Taro from "@tarojs/taro"

export function namePage(title: string): void {
  void Taro.setNavigationBarTitle({ title }).catch(() => {})
}
