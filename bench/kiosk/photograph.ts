// A code as a phone's camera may see it on a tablet: 1280×720 grey pixels. What is simulated: where it stands, how large
// it is, a tilt in perspective about an axis in the picture's plane, a turn of up to 10°, each pixel's area (2×2 samples),
// a Gaussian blur, a glare of elliptic shape over the code: a lamp's light on the glass, which is added to the screen's own,
// whitens all in its middle and fades to its rim. What is not: noise, moiré of two screens' pixels,
// movement, a lens' bend, light that falls off, JPEG.

export const PHOTO_WIDTH = 1280
export const PHOTO_HEIGHT = 720
/** The tablet's page around the code, and the code's own two. */
const [SURROUNDINGS, WHITE, BLACK] = [200, 235, 25]
const LIGHT_MAX = 255
const SAMPLES = 2
/** Half of the diagonal of a code with its margin, in its sides. */
const REACH = 0.85
/** Distance of the camera in sides of the code. */
const DISTANCE = 3
const QUIET_MODULES = 4

/** As a tablet shows it after so many quarter turns to the right. */
export function turnedSymbol({ size, isDark }: Symbol, quarters: number): Symbol {
  if (quarters === 0) return { size, isDark }
  const last = size - 1
  return turnedSymbol({ size, isDark: (row, column) => isDark(last - column, row) }, quarters - 1)
}

export type Symbol = { readonly size: number; readonly isDark: (row: number, column: number) => boolean }

export type View = {
  /** Side of the code without its margin, in pixels. */
  readonly side: number
  readonly center: readonly [number, number]
  readonly tilt: number
  /** Direction of the axis that it is tilted about. */
  readonly axis: number
  readonly turn: number
  readonly blur: number
  /** Half axes in sides of the code, where, and how it is turned. */
  readonly glare: {
    readonly half: readonly [number, number]
    readonly at: readonly [number, number]
    readonly turn: number
  }
}

type Point = readonly [number, number]
type Turn = { readonly cos: number; readonly sin: number }

const turnBy = (angle: number): Turn => ({ cos: Math.cos(angle), sin: Math.sin(angle) })
const turned = ([x, y]: Point, { cos, sin }: Turn): Point => [x * cos - y * sin, x * sin + y * cos]

/** Where on the code, in its sides from its middle, a point of the picture lies. */
function onCode(view: View): (x: number, y: number) => Point {
  const [tilt, toAxis, back] = [view.tilt, -view.axis, view.axis - view.turn].map(turnBy) as [Turn, Turn, Turn]
  return (x, y) => {
    // About the axis: along it nothing changes, across it the plane leans away from the camera.
    const seen: Point = [(x - view.center[0]) / view.side, (y - view.center[1]) / view.side]
    const [along, across] = turned(seen, toAxis)
    const plane = (across * DISTANCE) / (DISTANCE * tilt.cos - across * tilt.sin)
    return turned([along * (1 + (plane * tilt.sin) / DISTANCE), plane], back)
  }
}

/** Whether the code is in the picture with all its margin, as somebody holds a phone who wants it read. */
export function isWhole(size: number, view: View): boolean {
  const place = onCode(view)
  const half = 0.5 + QUIET_MODULES / size
  const isOutside = (x: number, y: number) => place(x, y).some((along) => Math.abs(along) > half)
  for (let x = 0; x <= PHOTO_WIDTH; x += 1) if (!isOutside(x, 0) || !isOutside(x, PHOTO_HEIGHT)) return false
  for (let y = 0; y <= PHOTO_HEIGHT; y += 1) if (!isOutside(0, y) || !isOutside(PHOTO_WIDTH, y)) return false
  return true
}

export function photograph(symbol: Symbol, view: View): Uint8Array {
  const sharp = new Float32Array(PHOTO_WIDTH * PHOTO_HEIGHT).fill(SURROUNDINGS)
  const place = onCode(view)
  const glareTurn = turnBy(-view.glare.turn)
  const reach = Math.ceil(view.side * REACH)
  const [left, top] = [Math.max(0, view.center[0] - reach), Math.max(0, view.center[1] - reach)].map(Math.floor)
  for (let y = top!; y < Math.min(PHOTO_HEIGHT, view.center[1] + reach); y += 1) {
    for (let x = left!; x < Math.min(PHOTO_WIDTH, view.center[0] + reach); x += 1) {
      let sum = 0
      for (let sample = 0; sample < SAMPLES * SAMPLES; sample += 1) {
        const dx = ((sample % SAMPLES) + 0.5) / SAMPLES
        const dy = (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES
        sum += lightAt(symbol, view, glareTurn, place(x + dx, y + dy))
      }
      sharp[y * PHOTO_WIDTH + x] = sum / (SAMPLES * SAMPLES)
    }
  }
  return Uint8Array.from(blurred(sharp, view.blur), Math.round)
}

function lightAt(symbol: Symbol, { glare }: View, glareTurn: Turn, at: Point): number {
  const { half, at: middle } = glare
  const [gx, gy] = turned([at[0] - middle[0], at[1] - middle[1]], glareTurn)
  const inside = 1 - (gx / half[0]) ** 2 - (gy / half[1]) ** 2
  const own = ownLightAt(symbol, at)
  return inside > 0 ? Math.min(LIGHT_MAX, own + LIGHT_MAX * inside) : own
}

function ownLightAt({ size, isDark }: Symbol, [u, v]: Point): number {
  const [column, row] = [Math.floor((u + 0.5) * size), Math.floor((v + 0.5) * size)]
  const isOutside = Math.min(column, row) < -QUIET_MODULES || Math.max(column, row) >= size + QUIET_MODULES
  if (isOutside) return SURROUNDINGS
  const isInside = Math.min(column, row) >= 0 && Math.max(column, row) < size
  return isInside && isDark(row, column) ? BLACK : WHITE
}

/** First along the rows, then along the columns. */
function blurred(pixels: Float32Array, sigma: number): Float32Array {
  const radius = Math.ceil(3 * sigma)
  if (radius === 0) return pixels
  const weights = Array.from({ length: 2 * radius + 1 }, (_, at) => Math.exp(-((at - radius) ** 2) / (2 * sigma ** 2)))
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  return smeared(smeared(pixels, 1), PHOTO_WIDTH)

  function smeared(from: Float32Array, step: number): Float32Array {
    const to = from.slice()
    for (let at = radius * step; at < from.length - radius * step; at += 1) {
      let sum = 0
      for (let k = -radius; k <= radius; k += 1) sum += from[at + k * step]! * weights[k + radius]!
      to[at] = sum / whole
    }
    return to
  }
}
