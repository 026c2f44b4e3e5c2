/** In a mini-program the platform's own sheet shares; see `useShareAppMessage` on the trace page. */
export const hasShareSheet: boolean = true

export async function copyText(text: string): Promise<void> {
  const { default: Taro } = await import("@tarojs/taro")
  await Taro.setClipboardData({ data: text })
}

export function shareAddress(shareId: string): string {
  return `${GATEWAY_ORIGIN}/t/${shareId}`
}
