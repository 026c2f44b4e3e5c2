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

const framesKept = 8

/** The same with where it happened, for failures that nobody expected. */
export function describeFailure(error: unknown): { readonly error: string; readonly at: readonly string[] } {
  const frames = error instanceof Error ? (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line)) : []
  return { error: reasonOf(error), at: frames.slice(0, framesKept).map((line) => line.trim()) }
}
