export const paymentErrors = {} as const
