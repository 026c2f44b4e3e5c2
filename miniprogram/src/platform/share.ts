/** In a mini-program the platform's own sheet shares; see `use-share`. */
export const hasShareSheet: boolean = true

/** Whose code stands on a poster. */
export const codePlatform: "wechat-pay" | "alipay" = process.env.TARO_ENV === "alipay" ? "alipay" : "wechat-pay"

export async function copyText(text: string): Promise<void> {
  const { default: Taro } = await import("@tarojs/taro")
  await Taro.setClipboardData({ data: text })
}

export function shareAddress(shareId: string): string {
  return `${GATEWAY_ORIGIN}/t/${shareId}`
}
