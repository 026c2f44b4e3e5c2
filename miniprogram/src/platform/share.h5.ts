export const hasShareSheet: boolean = false

export const codePlatform: "wechat-pay" | "alipay" = navigator.userAgent.includes("AlipayClient")
  ? "alipay"
  : "wechat-pay"

export function copyText(text: string): Promise<void> {
  return navigator.clipboard.writeText(text)
}

export function shareAddress(shareId: string): string {
  return `${location.origin}/t/${shareId}`
}
