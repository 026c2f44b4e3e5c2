export const traceErrors = {} as const
