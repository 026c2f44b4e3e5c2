/**
 * tests/vectors/signatures.json. `bun scripts/vectors/signatures.ts`
 *
 * Signatures at the edges, which libraries judge differently. The valid ones from RFC 8032 §7.1 and RFC 6979 A.2.5
 * are public; the others are made here, with test keys, by doing the curve arithmetic that no signer would do.
 */
import { ED25519_TORSION_SUBGROUP, ed25519 } from "@noble/curves/ed25519.js"
import { p256 } from "@noble/curves/nist.js"
import { sha256, sha512 } from "@noble/hashes/sha2.js"
import { asciiBytes, concatBytes, fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { writeVectorsOnce } from "./write-once"

interface SignatureCase {
  readonly name: string
  readonly source: string
  readonly algorithm: "ed25519" | "p256"
  readonly publicKey: string
  readonly message: string
  readonly signature: string
  readonly valid: boolean
  readonly why: string
}

const HERE = "scripts/vectors/signatures.ts"
const { Point } = ed25519
type EdPoint = typeof Point.BASE
const L = Point.Fn.ORDER
const N = p256.Point.Fn.ORDER
const P256_FIELD = p256.Point.Fp.ORDER
const ED25519_FIELD = Point.Fp.ORDER

const bytesOf = (hex: string): Uint8Array => fromHex(hex)!
const mod = (value: bigint, order: bigint): bigint => ((value % order) + order) % order

function bigEndian(value: bigint, width = 32): Uint8Array {
  return bytesOf(value.toString(16).padStart(2 * width, "0"))
}

function littleEndian(value: bigint): Uint8Array {
  return bigEndian(value).reverse()
}

function scalarOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes.slice().reverse())}`)
}

// --- Ed25519 ---------------------------------------------------------------------------------------------------

const rfc8032 = [
  {
    seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    message: "",
    signature:
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  },
  {
    seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    message: "72",
    signature:
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  },
]

const seed = sha256(asciiBytes("suyuan vectors: ed25519"))
const { scalar: a, point: A } = ed25519.utils.getExtendedPublicKey(seed)
const honestKey = A.toBytes()
/** A generator of the eight points of small order. */
const T = Point.fromBytes(bytesOf(ED25519_TORSION_SUBGROUP[1]!))
const nonce = mod(scalarOf(sha256(asciiBytes("suyuan vectors: nonce"))), L)
const message = asciiBytes("12 jin of cabbage")

const challenge = (r: Uint8Array, key: Uint8Array, text: Uint8Array): bigint =>
  mod(scalarOf(sha512(concatBytes(r, key, text))), L)
const edSignature = (r: Uint8Array, s: bigint): string => toHex(concatBytes(r, littleEndian(s)))

/** The first `cabbage <i>` whose challenge has the wanted remainder modulo 8. */
function messageWithChallenge(r: Uint8Array, key: Uint8Array, wanted: (remainder: bigint) => boolean): Uint8Array {
  for (let i = 0; ; i++) {
    const text = asciiBytes(`cabbage ${i}`)
    if (wanted(challenge(r, key, text) % 8n)) return text
  }
}

function ed(
  name: string,
  valid: boolean,
  why: string,
  publicKey: Uint8Array,
  text: Uint8Array,
  signature: string,
): SignatureCase {
  return {
    name,
    source: HERE,
    algorithm: "ed25519",
    publicKey: toHex(publicKey),
    message: toHex(text),
    signature,
    valid,
    why,
  }
}

function signedBy(key: EdPoint, text: Uint8Array, r: Uint8Array): string {
  return edSignature(r, mod(nonce + challenge(r, key.toBytes(), text) * a, L))
}

const honest = toHex(ed25519.sign(message, seed))
const honestS = scalarOf(bytesOf(honest).slice(32))
const R = Point.BASE.multiply(nonce)
const identity = Point.ZERO.toBytes()
/** y = p + 1, which a lenient decoder reads as the identity. */
const identityNonCanonical = littleEndian(ED25519_FIELD + 1n)
const identityWithSign = identity.slice()
identityWithSign[31]! |= 0x80
const mixedKey = A.add(T)
const mixedR = R.add(T)
const flipped = message.slice()
flipped[0]! ^= 1
const smallOrderMessage = messageWithChallenge(R.toBytes(), T.toBytes(), (remainder) => remainder === 0n)
const mixedZero = messageWithChallenge(R.toBytes(), mixedKey.toBytes(), (remainder) => remainder === 0n)
const mixedOne = messageWithChallenge(R.toBytes(), mixedKey.toBytes(), (remainder) => remainder !== 0n)
const underIdentityR = (r: Uint8Array): string => edSignature(r, mod(challenge(r, honestKey, message) * a, L))

function notOnCurve(): Uint8Array {
  for (let y = 2n; ; y++) {
    try {
      Point.fromBytes(littleEndian(y))
    } catch {
      return littleEndian(y)
    }
  }
}

const ed25519Cases: SignatureCase[] = [
  ...rfc8032.map(
    ({ publicKey, message, signature }, i): SignatureCase => ({
      name: `ed25519 RFC 8032 test ${i + 1}`,
      source: "RFC 8032 §7.1",
      algorithm: "ed25519",
      publicKey,
      message,
      signature,
      valid: true,
      why: "public vector",
    }),
  ),
  ed("ed25519 honest", true, "an ordinary signature", honestKey, message, honest),
  ed("ed25519 one bit of the message changed", false, "other message", honestKey, flipped, honest),
  ed(
    "ed25519 S + L",
    false,
    "S is not below the group order: the same signature in other bytes",
    honestKey,
    message,
    edSignature(bytesOf(honest).slice(0, 32), honestS + L),
  ),
  ed(
    "ed25519 key is the identity",
    false,
    "small order: R = S·B fits every message",
    identity,
    message,
    edSignature(R.toBytes(), nonce),
  ),
  ed(
    "ed25519 key of order 8",
    false,
    "small order: fits every message whose challenge is a multiple of 8",
    T.toBytes(),
    smallOrderMessage,
    edSignature(R.toBytes(), nonce),
  ),
  ed(
    "ed25519 key is the identity, y not reduced",
    false,
    "the key is not canonical",
    identityNonCanonical,
    message,
    edSignature(R.toBytes(), nonce),
  ),
  ed(
    "ed25519 key is the identity, sign bit set",
    false,
    "x = 0 has no negative",
    identityWithSign,
    message,
    edSignature(R.toBytes(), nonce),
  ),
  ed("ed25519 key not on the curve", false, "no point has this y", notOnCurve(), message, honest),
  ed(
    "ed25519 R is the identity",
    true,
    "only the key's owner can make it, and it is canonical",
    honestKey,
    message,
    underIdentityR(identity),
  ),
  ed(
    "ed25519 R is the identity, y not reduced",
    false,
    "R is not canonical",
    honestKey,
    message,
    underIdentityR(identityNonCanonical),
  ),
  ed(
    "ed25519 R is the identity, sign bit set",
    false,
    "R is not canonical",
    honestKey,
    message,
    underIdentityR(identityWithSign),
  ),
  ed(
    "ed25519 R of mixed order",
    false,
    "holds only when multiplied by the cofactor",
    honestKey,
    message,
    signedBy(A, message, mixedR.toBytes()),
  ),
  ed(
    "ed25519 key of mixed order, torsion cancelled",
    true,
    "holds without the cofactor too",
    mixedKey.toBytes(),
    mixedZero,
    signedBy(mixedKey, mixedZero, R.toBytes()),
  ),
  ed(
    "ed25519 key of mixed order",
    false,
    "holds only when multiplied by the cofactor",
    mixedKey.toBytes(),
    mixedOne,
    signedBy(mixedKey, mixedOne, R.toBytes()),
  ),
  ed("ed25519 signature cut by a byte", false, "63 bytes", honestKey, message, honest.slice(0, -2)),
  ed("ed25519 signature with a byte more", false, "65 bytes", honestKey, message, `${honest}00`),
  ed("ed25519 empty signature", false, "0 bytes", honestKey, message, ""),
  ed("ed25519 key cut by a byte", false, "31 bytes", honestKey.slice(0, 31), message, honest),
]

// --- P-256 -----------------------------------------------------------------------------------------------------

const rfc6979Key = "0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
const rfc6979Sample = {
  r: BigInt("0xefd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"),
  s: BigInt("0xf7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"),
}
const rfc6979Test = {
  r: BigInt("0xf1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"),
  s: BigInt("0x019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"),
}
const sample = asciiBytes("sample")
const halfOrder = N >> 1n

const ecSignature = (r: bigint, s: bigint): string => toHex(concatBytes(bigEndian(r), bigEndian(s)))

function ec(
  name: string,
  valid: boolean,
  why: string,
  publicKey: Uint8Array,
  signature: string,
  text = sample,
  source = HERE,
): SignatureCase {
  return { name, source, algorithm: "p256", publicKey: toHex(publicKey), message: toHex(text), signature, valid, why }
}

/** For a wanted s there is a key under which (r, s) signs the text: d = (s·k − z) / r. */
function keyForS(s: bigint): { readonly publicKey: Uint8Array; readonly signature: string } {
  const k = mod(BigInt(`0x${toHex(sha256(asciiBytes("suyuan vectors: p256 nonce")))}`), N)
  const r = mod(p256.Point.BASE.multiply(k).toAffine().x, N)
  const z = BigInt(`0x${toHex(sha256(sample))}`)
  const d = mod(mod(s * k - z, N) * p256.Point.Fn.inv(r), N)
  return { publicKey: p256.Point.BASE.multiply(d).toBytes(true), signature: ecSignature(r, s) }
}

function xWithoutPoint(): Uint8Array {
  for (let x = 1n; ; x++) {
    const encoded = concatBytes(Uint8Array.of(2), bigEndian(x))
    try {
      p256.Point.fromBytes(encoded)
    } catch {
      return encoded
    }
  }
}

const ecKey = bytesOf(rfc6979Key)
const low = ecSignature(rfc6979Sample.r, N - rfc6979Sample.s)
const lowest = keyForS(halfOrder)
const highest = keyForS(halfOrder + 1n)
const uncompressed = p256.Point.fromBytes(ecKey).toBytes(false)
const wrongParity = ecKey.slice()
wrongParity[0]! ^= 1
const wrongPrefix = ecKey.slice()
wrongPrefix[0] = 5

const p256Cases: SignatureCase[] = [
  ec(
    "p256 RFC 6979 sample, as printed",
    false,
    "a true signature with high S",
    ecKey,
    ecSignature(rfc6979Sample.r, rfc6979Sample.s),
    sample,
    "RFC 6979 A.2.5",
  ),
  ec("p256 RFC 6979 sample, low twin", true, "the same with S replaced by n − S", ecKey, low, sample, "RFC 6979 A.2.5"),
  ec(
    "p256 RFC 6979 test",
    true,
    "public vector, low S",
    ecKey,
    ecSignature(rfc6979Test.r, rfc6979Test.s),
    asciiBytes("test"),
    "RFC 6979 A.2.5",
  ),
  ec(
    "p256 RFC 6979 test, high twin",
    false,
    "high S",
    ecKey,
    ecSignature(rfc6979Test.r, N - rfc6979Test.s),
    asciiBytes("test"),
    "RFC 6979 A.2.5",
  ),
  ec("p256 S = (n − 1) / 2", true, "the largest low S", lowest.publicKey, lowest.signature),
  ec("p256 S = (n + 1) / 2", false, "the smallest high S", highest.publicKey, highest.signature),
  ec("p256 other message", false, "other message", ecKey, low, asciiBytes("Sample")),
  ec("p256 r = 0", false, "r is not in 1 … n − 1", ecKey, ecSignature(0n, 1n)),
  ec("p256 s = 0", false, "s is not in 1 … n − 1", ecKey, ecSignature(rfc6979Sample.r, 0n)),
  ec("p256 r and s = 0", false, "neither is in 1 … n − 1", ecKey, ecSignature(0n, 0n)),
  ec("p256 r = n", false, "r is not in 1 … n − 1", ecKey, ecSignature(N, 1n)),
  ec("p256 s = n", false, "s is not in 1 … n − 1", ecKey, ecSignature(rfc6979Sample.r, N)),
  ec("p256 r and s = n − 1", false, "high S", ecKey, ecSignature(N - 1n, N - 1n)),
  ec("p256 key of the other parity", false, "the negated key", wrongParity, low),
  ec("p256 key with prefix 05", false, "no such form", wrongPrefix, low),
  ec("p256 key not compressed", false, "keys are 33 bytes", uncompressed, low),
  ec("p256 key is infinity", false, "one zero byte", Uint8Array.of(0), low),
  ec("p256 key is infinity, padded", false, "33 zero bytes", new Uint8Array(33), low),
  ec("p256 key without a point", false, "x³ − 3x + b is no square", xWithoutPoint(), low),
  ec(
    "p256 key with x = p",
    false,
    "x is not below the field's prime",
    concatBytes(Uint8Array.of(2), bigEndian(P256_FIELD)),
    low,
  ),
  ec(
    "p256 signature in DER",
    false,
    "signatures are r ‖ s",
    ecKey,
    toHex(p256.Signature.fromHex(low, "compact").toBytes("der")),
  ),
  ec("p256 signature cut by a byte", false, "63 bytes", ecKey, low.slice(0, -2)),
]

/** Keys alone, as they ask to enter the registry. */
const publicKeys = [
  { algorithm: "ed25519", publicKey: toHex(honestKey), result: "ok" },
  { algorithm: "ed25519", publicKey: toHex(mixedKey.toBytes()), result: "ok" },
  { algorithm: "ed25519", publicKey: toHex(honestKey.slice(1)), result: "public-key/wrong-length" },
  { algorithm: "ed25519", publicKey: rfc6979Key, result: "public-key/wrong-length" },
  { algorithm: "ed25519", publicKey: toHex(notOnCurve()), result: "public-key/not-a-point" },
  { algorithm: "ed25519", publicKey: toHex(identityNonCanonical), result: "public-key/not-a-point" },
  { algorithm: "ed25519", publicKey: toHex(identityWithSign), result: "public-key/not-a-point" },
  ...Array.from({ length: 8 }, (_, i) => ({
    algorithm: "ed25519",
    publicKey: toHex((i === 0 ? Point.ZERO : T.multiplyUnsafe(BigInt(i))).toBytes()),
    result: "public-key/small-order",
  })),
  { algorithm: "p256", publicKey: rfc6979Key, result: "ok" },
  { algorithm: "p256", publicKey: toHex(uncompressed), result: "public-key/wrong-length" },
  { algorithm: "p256", publicKey: toHex(honestKey), result: "public-key/wrong-length" },
  { algorithm: "p256", publicKey: toHex(wrongPrefix), result: "public-key/not-a-point" },
  { algorithm: "p256", publicKey: toHex(xWithoutPoint()), result: "public-key/not-a-point" },
  { algorithm: "p256", publicKey: toHex(new Uint8Array(33)), result: "public-key/not-a-point" },
]

writeVectorsOnce("signatures", {
  source: "RFC 8032 §7.1 and RFC 6979 A.2.5 where a case says so, else scripts/vectors/signatures.ts",
  cases: [...ed25519Cases, ...p256Cases],
  publicKeys,
})
