/**
 * An expected outcome, told apart from a programmer error: parsers and rules of `protocol/` return it,
 * with a closed set of tagged codes as `E`, and callers switch over them exhaustively.
 * Programmer errors (a value that no caller may pass) throw instead.
 */
export type Result<T, E> = Ok<T> | Err<E>

export interface Ok<T> {
  readonly ok: true
  readonly value: T
}

export interface Err<E> {
  readonly ok: false
  readonly error: E
}

export function ok<T>(value: T): Ok<T> {
  return { ok: true, value }
}

export function err<const E>(error: E): Err<E> {
  return { ok: false, error }
}
