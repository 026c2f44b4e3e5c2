import { afterEach, expect, test } from "bun:test"
import { speechVoice } from "@suyuan/terminal-kiosk/voice/speech-voice"

const added = ["speechSynthesis", "SpeechSynthesisUtterance", "AudioContext"]
const { fetch } = globalThis
afterEach(() => {
  for (const name of added) Reflect.deleteProperty(globalThis, name)
  Object.assign(globalThis, { fetch })
})

/** A browser with these voices; what it spoke, and which recorded words it read. */
function tablet(langs: readonly string[], error?: string) {
  const spoken: string[] = []
  const clips: string[] = []
  class SpeechSynthesisUtterance {
    lang = ""
    onerror: ((event: { error: string }) => void) | undefined
    readonly text: string
    constructor(text: string) {
      this.text = text
    }
  }
  const speechSynthesis = {
    getVoices: () => langs.map((lang) => ({ lang })),
    cancel: () => {},
    speak: (one: SpeechSynthesisUtterance) => {
      if (error === undefined) spoken.push(`${one.lang} ${one.text}`)
      else one.onerror?.({ error })
    },
  }
  class AudioContext {}
  const read = async (path: string) => {
    clips.push(path)
    throw new Error("only its address is looked at")
  }
  Object.assign(globalThis, { speechSynthesis, SpeechSynthesisUtterance, AudioContext, fetch: read })
  return { spoken, clips }
}

test("a Chinese voice speaks, however the tablet writes its language", () => {
  for (const lang of ["zh-CN", "zh_CN", "cmn-Hans-CN"]) {
    const { spoken, clips } = tablet(["en-US", lang])
    speechVoice().say("二元")
    expect([spoken, clips]).toEqual([[`${lang} 二元`], []])
  }
})

test("without one, or when it fails, the recorded words are played; a sentence that was overtaken is not", () => {
  for (const [langs, error] of [
    [["en-US", "zh-HK"], undefined],
    [[], undefined],
    [["zh-CN"], "synthesis-failed"],
  ] as const) {
    const { spoken, clips } = tablet(langs, error)
    speechVoice().say("二元")
    expect([spoken, clips]).toEqual([[], ["/kiosk/voice/2.mp3", "/kiosk/voice/yuan.mp3"]])
  }
  const { clips } = tablet(["zh-CN"], "interrupted")
  speechVoice().say("二元")
  expect(clips).toEqual([])
})
