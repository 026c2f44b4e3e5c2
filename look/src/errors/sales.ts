export const saleErrors = {} as const
