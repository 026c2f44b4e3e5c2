/**
 * An audience key wrapped to one member with HPKE (RFC 9180: base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256,
 * AES-256-GCM), as docs/specs/sealing.md, SE-14, SE-15 has it. Domain tag: `SYH1`.
 */
import { asciiBytes, concatBytes, uintToBytes } from "@suyuan/protocol/codec/bytes"
import { SECTIONS } from "@suyuan/protocol/ledger/record-kind"
import { networkBytes } from "@suyuan/protocol/network"
import type { Result } from "@suyuan/protocol/result"
import { err, ok } from "@suyuan/protocol/result"
import { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256, KEM_DHKEM_X25519_HKDF_SHA256 } from "hpke"
import { AUDIENCE_KEY_BYTES } from "./content-key"
import { type LogContext, placeBytes, type SealedSection } from "./log-context"

export const X25519_KEY_BYTES = 32
export const HPKE_SEED_BYTES = 32

/** Who shares a key on a day. */
export interface Audience {
  readonly context: LogContext
  /** UTC day since 1970-01-01. */
  readonly day: number
  readonly section: SealedSection
  /** Numbers of the organisations, strictly ascending; none for `public`: every member. */
  readonly organisations: readonly number[]
}

export interface WrappedKey {
  readonly organisation: number
  /** The encapsulated secret, 32 bytes. */
  readonly encapsulated: Uint8Array
  /** 32 bytes and the tag. */
  readonly wrapped: Uint8Array
}

export interface Member {
  readonly organisation: number
  /** X25519, 32 bytes. */
  readonly publicKey: Uint8Array
}

/** Randomness is given: 32 fresh bytes a wrap, from which the ephemeral key is derived (RFC 9180 §7.1.3). */
export function suiteWithSeed(seed: Uint8Array): CipherSuite {
  const seededKem: typeof KEM_DHKEM_X25519_HKDF_SHA256 = () => {
    const kem = KEM_DHKEM_X25519_HKDF_SHA256()
    return Object.assign(kem, { GenerateKeyPair: () => kem.DeriveKeyPair(seed, false) })
  }
  return new CipherSuite(seededKem, KDF_HKDF_SHA256, AEAD_AES_256_GCM)
}

const suite = new CipherSuite(KEM_DHKEM_X25519_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_256_GCM)

/** `SYH1` ‖ network ‖ chain id ‖ contract ‖ log ‖ day u16 ‖ recipient u32. */
function wrapInfo({ context, day }: Audience, organisation: number): Uint8Array {
  return concatBytes(
    asciiBytes("SYH1"),
    networkBytes(context.networkId),
    placeBytes(context),
    uintToBytes(day, 2),
    uintToBytes(organisation, 4),
  )
}

/** Section u8 ‖ organisations u32*: a key of one audience is never taken for another's. */
function wrapAssociatedData({ section, organisations }: Audience): Uint8Array {
  return concatBytes(
    Uint8Array.of(SECTIONS[section]),
    ...organisations.map((organisation) => uintToBytes(organisation, 4)),
  )
}

/** @throws RangeError for a key or seed of a wrong length, or a public key that is no point to share with. */
export async function wrapAudienceKey(
  audience: Audience,
  audienceKey: Uint8Array,
  member: Member,
  seed: Uint8Array,
): Promise<WrappedKey> {
  if (audienceKey.length !== AUDIENCE_KEY_BYTES || seed.length !== HPKE_SEED_BYTES) {
    throw new RangeError("an audience key and a seed have 32 bytes each")
  }
  const { organisation } = member
  const options = { info: wrapInfo(audience, organisation), aad: wrapAssociatedData(audience) }
  try {
    const publicKey = await suite.DeserializePublicKey(member.publicKey)
    const sealed = await suiteWithSeed(seed).Seal(publicKey, audienceKey, options)
    return { organisation, encapsulated: sealed.encapsulatedSecret, wrapped: sealed.ciphertext }
  } catch {
    throw new RangeError(`the sealing key of organisation ${organisation} is no X25519 public key`)
  }
}

/** Whether a key can be wrapped to at all: told before anything depends on it. */
export async function isSealingKey(publicKey: Uint8Array): Promise<boolean> {
  try {
    await suite.Seal(await suite.DeserializePublicKey(publicKey), new Uint8Array(AUDIENCE_KEY_BYTES))
    return true
  } catch {
    return false
  }
}

export type UnwrapError = "audience-key/not-openable"

/** @param privateKey X25519, 32 bytes. */
export async function unwrapAudienceKey(
  audience: Audience,
  wrap: WrappedKey,
  privateKey: Uint8Array,
): Promise<Result<Uint8Array, UnwrapError>> {
  const options = { info: wrapInfo(audience, wrap.organisation), aad: wrapAssociatedData(audience) }
  try {
    const key = await suite.DeserializePrivateKey(privateKey)
    const opened = await suite.Open(key, wrap.encapsulated, wrap.wrapped, options)
    return opened.length === AUDIENCE_KEY_BYTES ? ok(opened) : err("audience-key/not-openable")
  } catch {
    return err("audience-key/not-openable")
  }
}

export interface SealingKeyPair {
  readonly publicKey: Uint8Array
  readonly privateKey: Uint8Array
}

/** A member's key pair from 32 random bytes (RFC 9180 §7.1.3). */
export async function deriveSealingKeyPair(seed: Uint8Array): Promise<SealingKeyPair> {
  if (seed.length !== HPKE_SEED_BYTES) throw new RangeError("a seed has 32 bytes")
  const pair = await suite.DeriveKeyPair(seed, true)
  return {
    publicKey: await suite.SerializePublicKey(pair.publicKey),
    privateKey: await suite.SerializePrivateKey(pair.privateKey),
  }
}
