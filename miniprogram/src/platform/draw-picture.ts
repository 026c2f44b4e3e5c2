import Taro from "@tarojs/taro"
import { type Brush, paint } from "../../core/paint"
import type { Drawing } from "../../core/share-card"

interface Image {
  onload: () => void
  onerror: (error: unknown) => void
  src: string
}
interface Canvas {
  getContext(kind: "2d"): Brush<Image> | null
  createImage(): Image
  /** Alipay's own way out. */
  toTempFilePath?(options: {
    readonly success: (made: { readonly apFilePath?: string; readonly tempFilePath?: string }) => void
    readonly fail: (error: unknown) => void
  }): void
}

/** Draws off the screen and gives the file's path. Rejects where the phone cannot, or a picture does not come. */
export async function drawPicture(drawing: Drawing): Promise<string> {
  const { width, height } = drawing
  const canvas = Taro.createOffscreenCanvas({ type: "2d", width, height }) as unknown as Canvas
  const brush = canvas.getContext("2d")
  if (brush === null) throw new Error("this phone draws no pictures")
  const load = (source: string) =>
    new Promise<Image>((resolve, reject) => {
      const image = canvas.createImage()
      image.onload = () => resolve(image)
      image.onerror = reject
      image.src = source
    })
  await paint(brush, drawing, load)
  if (canvas.toTempFilePath !== undefined) {
    return new Promise((resolve, fail) => {
      canvas.toTempFilePath?.({
        success: ({ apFilePath, tempFilePath }) => resolve(tempFilePath ?? apFilePath ?? ""),
        fail,
      })
    })
  }
  const { tempFilePath } = await Taro.canvasToTempFilePath({
    canvas: canvas as unknown as Taro.Canvas,
    ...{ width, height, destWidth: width, destHeight: height, fileType: "png" },
  })
  return tempFilePath
}

/** Full screen, from where the platform saves and sends it. */
export async function showPicture(path: string): Promise<void> {
  await Taro.previewImage({ urls: [path] })
}
