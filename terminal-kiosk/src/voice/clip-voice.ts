/** Recorded words, joined: for browsers that cannot speak. */
import { type Clip, clipsOf } from "./clips"
import { silence, type Voice } from "./voice"

const FOLDER = "/kiosk/voice"

export function clipVoice(): Voice {
  if (!("AudioContext" in globalThis)) return silence
  const audio = new AudioContext()
  const read = new Map<Clip, Promise<AudioBuffer>>()
  let playing: readonly AudioBufferSourceNode[] = []

  function bufferOf(clip: Clip): Promise<AudioBuffer> {
    const known = read.get(clip)
    if (known !== undefined) return known
    const reading = fetch(`${FOLDER}/${clip}.mp3`)
      .then((answer) => answer.arrayBuffer())
      .then((bytes) => audio.decodeAudioData(bytes))
    // What could not be read is asked for again with the next sentence.
    reading.catch(() => read.delete(clip))
    read.set(clip, reading)
    return reading
  }

  async function play(sentence: string): Promise<void> {
    const buffers = await Promise.all(clipsOf(sentence).map(bufferOf))
    // A page may make no sound before somebody has touched it; here somebody has.
    await audio.resume()
    for (const older of playing) older.stop()
    let at = audio.currentTime
    playing = buffers.map((buffer) => {
      const node = audio.createBufferSource()
      node.buffer = buffer
      node.connect(audio.destination)
      node.start(at)
      at += buffer.duration
      return node
    })
  }
  return { say: (sentence) => void play(sentence).catch(() => {}) }
}
