import Taro from "@tarojs/taro"
import { paint } from "../../core/paint"
import type { Drawing } from "../../core/share-card"
import { fileOfCanvas, loadImage, openCanvas } from "./canvas-file"

/** Draws off the screen and gives the file's path. Rejects where the phone cannot, or a picture does not come. */
export async function drawPicture(drawing: Drawing): Promise<string> {
  const { width, height } = drawing
  const { canvas, brush } = openCanvas(width, height)
  await paint(brush, drawing, (source) => loadImage(canvas, source))
  return fileOfCanvas(canvas, { width, height, fileType: "png" })
}

/** Full screen, from where the platform saves and sends it. */
export async function showPicture(path: string): Promise<void> {
  await Taro.previewImage({ urls: [path] })
}
