import { alarmErrors } from "./errors/alarms"
import { buyerErrors } from "./errors/buyers"
import { inspectionErrors } from "./errors/inspections"
import { ledgerErrors } from "./errors/ledger"
import { payCodeErrors } from "./errors/pay-codes"
import { paymentErrors } from "./errors/payments"
import { pictureErrors } from "./errors/pictures"
import { problemErrors } from "./errors/problems"
import { recallErrors } from "./errors/recalls"
import { reconciliationErrors } from "./errors/reconciliation"
import { requestErrors } from "./errors/request"
import { saleErrors } from "./errors/sales"
import { stockErrors } from "./errors/stock"
import { terminalErrors } from "./errors/terminals"
import { traceErrors } from "./errors/trace"
import { uploadErrors } from "./errors/uploads"

/** Every refusal that a person can meet: its closed code, HTTP status and one sentence in each language. */
export const errorWords = {
  ...requestErrors,
  ...terminalErrors,
  ...payCodeErrors,
  ...uploadErrors,
  ...saleErrors,
  ...paymentErrors,
  ...reconciliationErrors,
  ...buyerErrors,
  ...stockErrors,
  ...inspectionErrors,
  ...traceErrors,
  ...pictureErrors,
  ...recallErrors,
  ...problemErrors,
  ...alarmErrors,
  ...ledgerErrors,
} as const

export type ErrorCode = keyof typeof errorWords
