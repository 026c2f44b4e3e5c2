export const terminalErrors = {} as const
