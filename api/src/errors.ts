import type { ErrorCode } from "@suyuan/look/errors"

/** An expected refusal: a closed code, the field at fault and what would be right. Mapped once per transport. */
export class ServiceError extends Error {
  readonly code: ErrorCode
  readonly field: string | undefined
  readonly expected: string | undefined

  constructor(code: ErrorCode, at: { field?: string; expected?: string } = {}) {
    super(code)
    this.name = "ServiceError"
    this.code = code
    this.field = at.field
    this.expected = at.expected
  }
}

/**
 * Why something failed, for the log. A failed query's own message carries the statement's parameters, which are
 * somebody's data; its cause says what the database said.
 */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
