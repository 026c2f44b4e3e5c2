// `bun scripts/make-voice-clips.ts` makes the words of terminal-kiosk/src/voice/clips.ts anew, with Debian's
// espeak-ng and lame. Needed only when a word is added: the clips are committed.
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Clip, clips } from "../terminal-kiosk/src/voice/clips"

/** By their sounds: espeak-ng 1.51 reads many characters out as English names of their pinyin. */
const sounds = {
  ...{ received: "shou1kuan3 dao4zhang4", yuan: "yuan2", jiao: "jiao3", fen: "fen1" },
  ...{ 0: "ling2", 1: "yi1", 2: "er4", 3: "san1", 4: "si4", 5: "wu3", 6: "liu4", 7: "qi1", 8: "ba1", 9: "jiu3" },
  ...{ ten: "shi2", hundred: "bai3", thousand: "qian1", "ten-thousand": "wan4", "hundred-million": "yi4" },
} as const satisfies Record<Clip, string>

const folder = join(import.meta.dir, "../terminal-kiosk/screens/public/voice")
const scratch = mkdtempSync(join(tmpdir(), "suyuan-voice-"))
mkdirSync(folder, { recursive: true })
for (const name of Object.values(clips)) {
  const wave = join(scratch, `${name}.wav`)
  run("espeak-ng", "-v", "cmn-latn-pinyin", "-s", "150", "-a", "180", "-z", "-w", wave, sounds[name])
  run("lame", "--quiet", "-m", "m", "-b", "32", "--resample", "22.05", wave, join(folder, `${name}.mp3`))
}
rmSync(scratch, { recursive: true })

function run(program: string, ...given: string[]): void {
  const { status, stderr } = spawnSync(program, given)
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`)
}
