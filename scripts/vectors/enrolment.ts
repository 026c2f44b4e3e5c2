/** tests/vectors/enrolment.json. `bun scripts/vectors/enrolment.ts` */
import { sha256 } from "@noble/hashes/sha2.js"
import { asciiBytes, toHex } from "@suyuan/protocol/codec/bytes"
import {
  bindAnswerMessage,
  bindCodeDigest,
  bindCodeDigits,
  bindCodeMessage,
  encodeBindCodeBody,
} from "@suyuan/protocol/terminal/bind-code"
import {
  claimCodeHash,
  claimCodeText,
  enrolmentMessage,
  keyFingerprint,
  tokenRequestMessage,
} from "@suyuan/protocol/terminal/enrolment"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { type SignatureAlgorithm, toLowS } from "@suyuan/protocol/terminal/signature"
import { networkId, publicKeys, signWith, terminal } from "./test-stall"
import { writeVectorsOnce } from "./write-once"

const random = sha256(asciiBytes("suyuan vectors: enrolment"))
const codeRandom = random.slice(0, 7)
const nonce = random.slice(8, 16)
const claimCode = claimCodeText(codeRandom)
const codeHash = claimCodeHash(networkId, claimCode)!
const issuedAtMs = 1_733_648_400_000
const bindingId = "0193a5f0-7c1e-7000-8000-00000000002a"

function enrolmentOf(algorithm: SignatureAlgorithm): object {
  const publicKey = publicKeys[algorithm]
  const message = enrolmentMessage(networkId, codeHash, publicKey)
  const signature = signWith(algorithm)(message)
  return {
    algorithm,
    publicKey: toHex(publicKey),
    message: toHex(message),
    proof: toHex(algorithm === "p256" ? toLowS(signature) : signature),
    fingerprint: keyFingerprint(networkId, { algorithm, publicKey }),
  }
}

const bindBody = encodeBindCodeBody({ algorithm: "ed25519", terminal, issuedAtSeconds: 29_581_200, nonce })
const bindSignature = signWith("ed25519")(bindCodeMessage(networkId, bindBody))

writeVectorsOnce("enrolment", {
  source: "scripts/vectors/enrolment.ts with the published keys of scripts/vectors/test-stall.ts",
  networkId,
  terminal: terminalToHex(terminal),
  claimCode: { random: toHex(codeRandom), text: claimCode, hash: toHex(codeHash) },
  enrolments: [enrolmentOf("ed25519"), enrolmentOf("p256")],
  tokenRequest: {
    issuedAtMs,
    nonce: toHex(nonce),
    message: toHex(tokenRequestMessage(networkId, { terminal, issuedAtMs, nonce })),
  },
  bindCode: {
    algorithm: "ed25519",
    issuedAtSeconds: 29_581_200,
    nonce: toHex(nonce),
    body: toHex(bindBody),
    message: toHex(bindCodeMessage(networkId, bindBody)),
    digest: toHex(bindCodeDigest(networkId, { bodyBytes: bindBody })),
    signature: toHex(bindSignature),
    digits: bindCodeDigits(bindBody, bindSignature),
  },
  bindAnswers: (["confirm", "refuse", "end"] as const).map((answer) => ({
    answer,
    bindingId,
    digits: "47",
    message: toHex(bindAnswerMessage(networkId, { terminal, bindingId, answer, digits: "47" })),
  })),
})
