/**
 * A format declared once and used in both directions: what a shape writes it reads back, and what it reads it
 * writes to the same bytes. Reading never throws and refuses unknown fields, so nothing rides along unseen;
 * writing throws for a value outside the shape, because that is the caller's mistake.
 */
import type { Result } from "../result"
import { err, ok } from "../result"
import { isBytes } from "./bytes"
import type { CborError, CborValue } from "./cbor"
import { decodeCbor, encodeCbor } from "./cbor"

export interface Shape<T> {
  /** @throws RangeError when `value` is outside the shape. */
  write(value: T): CborValue
  /** `undefined` when `value` is outside the shape. */
  read(value: CborValue): { readonly value: T } | undefined
}

export type ShapeOf<S> = S extends Shape<infer T> ? T : never

export type ShapeError = CborError | "cbor/wrong-shape"

/** @throws RangeError when `value` is outside the shape. */
export function encodeShape<T>(shape: Shape<T>, value: T): Uint8Array {
  return encodeCbor(shape.write(value))
}

export function decodeShape<T>(shape: Shape<T>, bytes: Uint8Array): Result<T, ShapeError> {
  const decoded = decodeCbor(bytes)
  if (!decoded.ok) return decoded
  const read = shape.read(decoded.value)
  return read === undefined ? err("cbor/wrong-shape") : ok(read.value)
}

/** A shape whose values stand as they are in CBOR, told by one test. */
function plain<T extends CborValue>(expected: string, accepts: (value: unknown) => value is T): Shape<T> {
  return {
    write: (value) => {
      if (!accepts(value)) throw new RangeError(`expected ${expected}`)
      return value
    },
    read: (value) => (accepts(value) ? { value } : undefined),
  }
}

export function uint(max: number = Number.MAX_SAFE_INTEGER, min = 0): Shape<number> {
  const accepts = (value: unknown): value is number =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max
  return plain(`an integer from ${min} to ${max}`, accepts)
}

/** Words for small numbers: `choice({ merged: 0, "kept-apart": 1 })`. */
export function choice<const Words extends Readonly<Record<string, number>>>(
  words: Words,
): Shape<keyof Words & string> {
  return {
    write: (word) => {
      const number: unknown = words[word]
      // What an object has of its own kind (`toString`) is no number.
      if (typeof number !== "number") throw new RangeError(`expected one of ${Object.keys(words).join(", ")}`)
      return number
    },
    read: (value) => {
      for (const word in words) if (words[word] === value) return { value: word }
      return undefined
    },
  }
}

export function bytes(minLength: number, maxLength: number = minLength): Shape<Uint8Array> {
  const accepts = (value: unknown): value is Uint8Array =>
    isBytes(value) && value.length >= minLength && value.length <= maxLength
  return plain(`${minLength} to ${maxLength} bytes`, accepts)
}

/** Bytes of one length, or `undefined`, which is written as an empty string of bytes. */
export function bytesOrNone(length: number): Shape<Uint8Array | undefined> {
  const filled = bytes(length)
  return {
    write: (value) => (value === undefined ? new Uint8Array(0) : filled.write(value)),
    read: (value) => (isBytes(value) && value.length === 0 ? { value: undefined } : filled.read(value)),
  }
}

/** Text of at most `maxCharacters` code points; a lone surrogate has no UTF-8 and is outside the shape. */
export function text(maxCharacters: number, minCharacters = 0): Shape<string> {
  const accepts = (value: unknown): value is string => {
    if (typeof value !== "string" || value.length > 2 * maxCharacters) return false
    const characters = [...value]
    if (characters.length < minCharacters || characters.length > maxCharacters) return false
    return !characters.some((character) => character.length === 1 && character >= "\ud800" && character <= "\udfff")
  }
  return plain(`text of ${minCharacters} to ${maxCharacters} characters`, accepts)
}

export function list<T>(item: Shape<T>, maxItems: number, minItems = 0): Shape<readonly T[]> {
  return {
    write: (items) => {
      if (items.length < minItems || items.length > maxItems) {
        throw new RangeError(`expected ${minItems} to ${maxItems} items`)
      }
      return items.map((value) => item.write(value))
    },
    read: (value) => {
      if (!Array.isArray(value) || value.length < minItems || value.length > maxItems) return undefined
      const items: T[] = []
      for (const element of value as readonly CborValue[]) {
        const read = item.read(element)
        if (read === undefined) return undefined
        items.push(read.value)
      }
      return { value: items }
    },
  }
}

type RowOf<F extends Readonly<Record<string, Shape<unknown>>>> = { readonly [K in keyof F]: ShapeOf<F[K]> }

/** An object written as an array, in the order in which its fields are declared: for the lines of a list. */
export function row<const F extends Readonly<Record<string, Shape<unknown>>>>(fields: F): Shape<RowOf<F>> {
  const names = Object.keys(fields)
  return {
    write: (value) => names.map((name) => writeField(name, fields[name]!, value[name as keyof F])),
    read: (value) => {
      if (!Array.isArray(value) || value.length !== names.length) return undefined
      const object: Record<string, unknown> = {}
      for (const [index, name] of names.entries()) {
        const read = fields[name]!.read((value as readonly CborValue[])[index]!)
        if (read === undefined) return undefined
        object[name] = read.value
      }
      return { value: object as RowOf<F> }
    },
  }
}

interface Field<T, Optional extends boolean> {
  readonly key: number
  readonly shape: Shape<T>
  readonly optional: Optional
}

export function field<T>(key: number, shape: Shape<T>): Field<T, false> {
  return { key, shape, optional: false }
}

/** A key that is left out when the property is absent or `undefined`. */
export function optionalField<T>(key: number, shape: Shape<T>): Field<T, true> {
  return { key, shape, optional: true }
}

type Fields = Readonly<Record<string, Field<unknown, boolean>>>
type OptionalNames<F extends Fields> = { [K in keyof F]: F[K] extends Field<unknown, true> ? K : never }[keyof F]
type MapOf<F extends Fields> = {
  readonly [K in Exclude<keyof F, OptionalNames<F>>]: ShapeOf<F[K]["shape"]>
} & { readonly [K in OptionalNames<F>]?: ShapeOf<F[K]["shape"]> | undefined }

/** An object written as a map with integer keys. */
export function map<const F extends Fields>(fields: F): Shape<MapOf<F>> {
  const entries = Object.entries(fields)
  return {
    write: (value) => {
      const written = new Map<number, CborValue>()
      for (const [name, { key, shape, optional }] of entries) {
        const property = (value as Readonly<Record<string, unknown>>)[name]
        if (optional && property === undefined) continue
        written.set(key, writeField(name, shape, property))
      }
      return written
    },
    read: (value) => {
      if (!(value instanceof Map)) return undefined
      const source = value as ReadonlyMap<number, CborValue>
      const object: Record<string, unknown> = {}
      let known = 0
      for (const [name, { key, shape, optional }] of entries) {
        const present = source.get(key)
        if (present === undefined) {
          if (optional) continue
          return undefined
        }
        const read = shape.read(present)
        if (read === undefined) return undefined
        object[name] = read.value
        known++
      }
      return known === source.size ? { value: object as MapOf<F> } : undefined
    },
  }
}

/** The same shape read into, and written from, another form: `converted(bytes(16), bytesToUuid, uuidToBytes)`. */
export function converted<A, B>(shape: Shape<A>, toB: (a: A) => B, toA: (b: B) => A): Shape<B> {
  return {
    write: (value) => shape.write(toA(value)),
    read: (value) => {
      const read = shape.read(value)
      return read === undefined ? undefined : { value: toB(read.value) }
    },
  }
}

function writeField(name: string, shape: Shape<unknown>, value: unknown): CborValue {
  try {
    return shape.write(value)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new RangeError(`${name}: ${reason}`)
  }
}
