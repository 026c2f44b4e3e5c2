import { afterEach, expect, test } from "bun:test"
import { clipVoice } from "@suyuan/terminal-kiosk/voice/clip-voice"

const own = { fetch: globalThis.fetch, AudioContext: globalThis.AudioContext }
afterEach(() => {
  Object.assign(globalThis, { fetch: own.fetch })
  if (own.AudioContext === undefined) Reflect.deleteProperty(globalThis, "AudioContext")
})

/** A browser that plays: each clip half a second long. */
function browserWithSound(fail: (path: string) => boolean = () => false) {
  const asked: string[] = []
  const started: { clip: string; atSeconds: number }[] = []
  const stopped: string[] = []
  class AudioContext {
    currentTime = 2
    destination = {}
    resume = async () => {}
    decodeAudioData = async (bytes: ArrayBuffer) => ({ clip: new TextDecoder().decode(bytes), duration: 0.5 })
    createBufferSource() {
      const node = {
        buffer: { clip: "" },
        connect: () => {},
        start: (atSeconds: number) => started.push({ clip: node.buffer.clip, atSeconds }),
        stop: () => stopped.push(node.buffer.clip),
      }
      return node
    }
  }
  const fetch = async (path: string) => {
    asked.push(path)
    if (fail(path)) throw new Error("the disk gave up")
    return new Response(path.replace("/kiosk/voice/", ""))
  }
  Object.assign(globalThis, { AudioContext, fetch })
  const until = async (isTrue: () => boolean) => {
    while (!isTrue()) await new Promise((resolve) => setImmediate(resolve))
  }
  return { asked, started, stopped, until }
}

test("recorded words are joined without a gap, each read once; a newer sentence ends the older one", async () => {
  const { asked, started, stopped, until } = browserWithSound()
  const voice = clipVoice()
  voice.say("收款到账 二元二角")
  await until(() => started.length === 5)
  expect(started).toEqual([
    { clip: "received.mp3", atSeconds: 2 },
    { clip: "2.mp3", atSeconds: 2.5 },
    { clip: "yuan.mp3", atSeconds: 3 },
    { clip: "2.mp3", atSeconds: 3.5 },
    { clip: "jiao.mp3", atSeconds: 4 },
  ])
  voice.say("二元")
  await until(() => started.length === 7)
  expect(stopped).toHaveLength(5)
  expect(asked).toHaveLength(4)
})

test("a clip that cannot be read leaves silence, and is asked for again next time", async () => {
  let isBroken = true
  const { asked, started, until } = browserWithSound(() => isBroken)
  const voice = clipVoice()
  voice.say("元")
  await until(() => asked.length === 1)
  await new Promise((resolve) => setImmediate(resolve))
  isBroken = false
  voice.say("元")
  await until(() => started.length === 1)
  expect(asked).toHaveLength(2)
})

test("a browser without sound is silent", () => {
  expect(() => clipVoice().say("元")).not.toThrow()
})
