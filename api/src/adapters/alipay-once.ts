/**
 * A call of Alipay's that is sent exactly once. The SDK sends again by itself when a connection breaks: harmless for what
 * has a number of ours, but a message that is sent again is another message, and its refusal would hide that the first
 * one came.
 */
import type { AlipaySdk } from "alipay-sdk"
import { z } from "zod"
import type { AlipayAnswer, AlipayPage } from "./alipay-client"
import { causeOf, judgeAnswer } from "./alipay-client"
import { strictText } from "./strict-text"
import { isTimeout } from "./wechat-pay-transport"

const answerBytesMax = 1 << 16
const signed = z.record(z.string(), z.unknown()).and(z.object({ sign: z.string() }))

/** @param page makes the signed address, with everything in it */
export async function callAlipayOnce(
  { sdk, page, timeoutMs }: { readonly sdk: AlipaySdk; readonly page: AlipayPage; readonly timeoutMs: number },
  method: string,
  content: Readonly<Record<string, unknown>>,
): Promise<AlipayAnswer> {
  const address = page(method, { content })
  let text: string | undefined
  try {
    const signal = AbortSignal.timeout(timeoutMs)
    const response = await fetch(address, { method: "POST", redirect: "manual", signal })
    const bytes = new Uint8Array(await response.arrayBuffer())
    if (response.status === 200 && bytes.length <= answerBytesMax) text = strictText(bytes)
  } catch (cause) {
    return { kind: "unknown", cause: isTimeout(cause) ? "time-out" : "connection" }
  }
  return text === undefined ? { kind: "unknown", cause: "malformed" } : readAnswer(sdk, method, text)
}

function readAnswer(sdk: AlipaySdk, method: string, text: string): AlipayAnswer {
  try {
    const parsed = signed.safeParse(JSON.parse(text))
    if (!parsed.success) return { kind: "unknown", cause: "malformed" }
    const own = `${method.replaceAll(".", "_")}_response`
    const name = own in parsed.data ? own : "error_response"
    sdk.checkResponseSign(text, name, parsed.data.sign, "")
    return judgeAnswer(parsed.data[name])
  } catch (cause) {
    return { kind: "unknown", cause: cause instanceof SyntaxError ? "malformed" : causeOf(cause) }
  }
}
