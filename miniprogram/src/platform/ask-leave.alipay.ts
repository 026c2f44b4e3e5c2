import type { LeaveAnswer } from "./ask-leave"

declare const my: {
  requestSubscribeMessage(options: {
    readonly entityIds: readonly string[]
    readonly success: (answer: { readonly behavior?: string; readonly subscribeEntityIds?: readonly string[] }) => void
    readonly fail: (error: unknown) => void
  }): void
}

export const hasMessages: boolean = true

export function askLeave(templateId: string): Promise<LeaveAnswer> {
  return new Promise((resolve) => {
    my.requestSubscribeMessage({
      entityIds: [templateId],
      // `success` says that the sheet closed, not what was chosen.
      success: ({ behavior }) => resolve(behavior === "subscribe" ? "given" : "refused"),
      fail: () => resolve("refused"),
    })
  })
}
