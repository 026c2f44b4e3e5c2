// Each platform has its own file; this one only says what they export.
export type LeaveAnswer = "given" | "refused"

/** False where nobody can be sent a message. */
export const hasMessages: boolean = false

/** The platform's own sheet; only out of a tap. Anything but a clear yes is a no. */
export function askLeave(_templateId: string): Promise<LeaveAnswer> {
  return Promise.resolve("refused")
}
