export const buyerErrors = {} as const
