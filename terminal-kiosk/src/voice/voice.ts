/** Port to whatever speaks at the stall: a browser's SpeechSynthesis, recorded words, or silence. Nothing waits for it. */
export interface Voice {
  readonly say: (sentence: string) => void
}

export const silence: Voice = { say: () => {} }
