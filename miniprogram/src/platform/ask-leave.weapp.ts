import type { LeaveAnswer } from "./ask-leave"

/** WeChat's own: Taro's type wants names of both platforms at once. */
declare const wx: {
  requestSubscribeMessage(options: {
    readonly tmplIds: readonly string[]
    readonly success: (answer: Readonly<Record<string, unknown>>) => void
    readonly fail: (error: unknown) => void
  }): void
}

export const hasMessages: boolean = true

export function askLeave(templateId: string): Promise<LeaveAnswer> {
  return new Promise((resolve) => {
    wx.requestSubscribeMessage({
      tmplIds: [templateId],
      success: (answer) => resolve(answer[templateId] === "accept" ? "given" : "refused"),
      fail: () => resolve("refused"),
    })
  })
}
