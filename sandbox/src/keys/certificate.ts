/**
 * A self-signed X.509 v3 certificate for an RSA key, written by hand because Node's crypto reads certificates but
 * cannot make them. Only what the payment SDKs look at: serial number, validity, subject, public key (RFC 5280 §4.1).
 */
import { createPublicKey, createSign } from "node:crypto"

function lengthBytes(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length)
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return Uint8Array.of(0x80 | bytes.length, ...bytes)
}

function der(tag: number, ...contents: Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents)
  return Buffer.concat([Uint8Array.of(tag), lengthBytes(content.length), content])
}

const sequence = (...contents: Uint8Array[]) => der(0x30, ...contents)
const sha256WithRsa = sequence(Buffer.from("06092a864886f70d01010b", "hex"), der(0x05))

function commonName(name: string): Uint8Array {
  const attribute = sequence(Buffer.from("0603550403", "hex"), der(0x0c, Buffer.from(name, "utf8")))
  return sequence(der(0x31, attribute))
}

function generalizedTime(atMs: number): Uint8Array {
  const text = new Date(atMs).toISOString().replace(/[-:T]/g, "").slice(0, 14)
  return der(0x18, Buffer.from(`${text}Z`, "ascii"))
}

/**
 * @param privateKeyPem PKCS#8 RSA key that signs and whose public half is certified
 * @param serial 40 hexadecimal digits, first one 1–7 so that the number is positive and of full length
 */
export function selfSignedCertificate(subject: {
  readonly privateKeyPem: string
  readonly name: string
  readonly serial: string
  readonly validFromMs: number
  readonly validToMs: number
}): string {
  const publicKey = createPublicKey(subject.privateKeyPem).export({ type: "spki", format: "der" })
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Uint8Array.of(2))),
    der(0x02, Buffer.from(subject.serial, "hex")),
    sha256WithRsa,
    commonName(subject.name),
    sequence(generalizedTime(subject.validFromMs), generalizedTime(subject.validToMs)),
    commonName(subject.name),
    publicKey,
  )
  const signature = createSign("RSA-SHA256").update(toBeSigned).sign(subject.privateKeyPem)
  const certificate = sequence(toBeSigned, sha256WithRsa, der(0x03, Uint8Array.of(0), signature))
  const lines =
    Buffer.from(certificate)
      .toString("base64")
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`
}
