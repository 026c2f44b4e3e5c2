/** Port to a printer that takes bytes. The print dialogue needs none: it prints the page. */
export interface Printer {
  /** Rejects when the printer is away or does not take it; whether something came out, a person sees. */
  print(bytes: Uint8Array<ArrayBuffer>): Promise<void>
}

/** Dots across: 58 mm paper has 384, 80 mm 576. */
export const PAPER_DOTS = { narrow: 384, wide: 576 } as const
