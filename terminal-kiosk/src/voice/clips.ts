/** The words of which every sentence about money that came is joined, and the files that hold them. */
export const clips = {
  收款到账: "received",
  零: "0",
  一: "1",
  二: "2",
  三: "3",
  四: "4",
  五: "5",
  六: "6",
  七: "7",
  八: "8",
  九: "9",
  十: "ten",
  百: "hundred",
  千: "thousand",
  万: "ten-thousand",
  亿: "hundred-million",
  元: "yuan",
  角: "jiao",
  分: "fen",
} as const

export type Clip = (typeof clips)[keyof typeof clips]

const words = Object.keys(clips) as (keyof typeof clips)[]

/** In their order; what no clip says is left out. */
export function clipsOf(sentence: string): readonly Clip[] {
  const said: Clip[] = []
  for (let at = 0; at < sentence.length; ) {
    const word = words.find((one) => sentence.startsWith(one, at))
    if (word !== undefined) said.push(clips[word])
    at += word?.length ?? 1
  }
  return said
}
