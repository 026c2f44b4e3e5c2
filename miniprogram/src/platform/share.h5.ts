export const hasShareSheet: boolean = false

export const codePlatform: "wechat-pay" | "alipay" = navigator.userAgent.includes("AlipayClient")
  ? "alipay"
  : "wechat-pay"

/** Rejects where the browser has no clipboard for us: the text stands on the page. */
export async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text)
}

export function shareAddress(shareId: string): string {
  return `${location.origin}/t/${shareId}`
}
