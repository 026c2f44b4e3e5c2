export const hasShareSheet: boolean = false

export function copyText(text: string): Promise<void> {
  return navigator.clipboard.writeText(text)
}

export function shareAddress(shareId: string): string {
  return `${location.origin}/t/${shareId}`
}
