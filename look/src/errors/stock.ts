export const stockErrors = {} as const
