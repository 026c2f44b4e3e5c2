/** How large a photo is sent: enough to see a leaf's rot or a scale's figure, and small on a slow line. */
export interface PictureSize {
  readonly width: number
  readonly height: number
}

export const photosMax = 3
const SIDE_MAX = 1280
/** As the gateway takes it (docs/specs/buyers.md, BY-6), in base64. */
const BASE64_MAX = 699_052
export const jpegQuality = 0.8

/** Never enlarged; its shape is kept. */
export function sizeToSend({ width, height }: PictureSize): PictureSize {
  const factor = Math.min(1, SIDE_MAX / Math.max(width, height, 1))
  const side = (given: number) => Math.max(1, Math.round(given * factor))
  return { width: side(width), height: side(height) }
}

/** Text of a picture that may be sent; `undefined` for what is empty, too large, or no base64. */
export function photoText(base64: string): string | undefined {
  return base64.length > 0 && base64.length <= BASE64_MAX && /^[0-9A-Za-z+/=]+$/.test(base64) ? base64 : undefined
}
