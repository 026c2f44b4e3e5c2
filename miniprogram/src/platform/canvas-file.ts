import Taro from "@tarojs/taro"
import type { Brush } from "../../core/paint"

export interface CanvasImage {
  onload: () => void
  onerror: (error: unknown) => void
  src: string
  /** In px, once it is there. */
  readonly width: number
  readonly height: number
}

export interface Canvas {
  getContext(kind: "2d"): Brush<CanvasImage> | null
  createImage(): CanvasImage
  /** Alipay's own way out. */
  toTempFilePath?(options: {
    readonly fileType?: "png" | "jpg"
    readonly quality?: number
    readonly success: (made: { readonly apFilePath?: string; readonly tempFilePath?: string }) => void
    readonly fail: (error: unknown) => void
  }): void
}

export interface CanvasFile {
  readonly width: number
  readonly height: number
  readonly fileType: "png" | "jpg"
  /** Of a JPEG, 0 to 1. */
  readonly quality?: number
}

/** Off the screen. Throws where the phone draws none. */
export function openCanvas(
  width: number,
  height: number,
): { readonly canvas: Canvas; readonly brush: Brush<CanvasImage> } {
  const canvas = Taro.createOffscreenCanvas({ type: "2d", width, height }) as unknown as Canvas
  const brush = canvas.getContext("2d")
  if (brush === null) throw new Error("this phone draws no pictures")
  return { canvas, brush }
}

export function loadImage(canvas: Canvas, source: string): Promise<CanvasImage> {
  return new Promise((resolve, reject) => {
    const image = canvas.createImage()
    image.onload = () => resolve(image)
    image.onerror = reject
    image.src = source
  })
}

/** Path of a file of the phone's with what was drawn. */
export async function fileOfCanvas(
  canvas: Canvas,
  { width, height, fileType, quality = 1 }: CanvasFile,
): Promise<string> {
  if (canvas.toTempFilePath !== undefined) {
    return new Promise((resolve, fail) => {
      canvas.toTempFilePath?.({
        ...{ fileType, quality, fail },
        success: ({ apFilePath, tempFilePath }) => resolve(tempFilePath ?? apFilePath ?? ""),
      })
    })
  }
  const { tempFilePath } = await Taro.canvasToTempFilePath({
    canvas: canvas as unknown as Taro.Canvas,
    ...{ width, height, destWidth: width, destHeight: height, fileType, quality },
  })
  return tempFilePath
}
