import { paint } from "../../core/paint"
import type { Drawing } from "../../core/share-card"

/** As a data address: the page shows it, and a long press saves it. */
export async function drawPicture(drawing: Drawing): Promise<string> {
  const canvas = document.createElement("canvas")
  canvas.width = drawing.width
  canvas.height = drawing.height
  const brush = canvas.getContext("2d")
  if (brush === null) throw new Error("this browser draws no pictures")
  await paint(brush, drawing, load)
  return canvas.toDataURL("image/png")
}

function load(source: string): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const image = new Image()
    image.onload = () => resolve(image)
    image.onerror = () => reject(new Error("a picture did not come"))
    image.src = source
  })
}

export async function showPicture(_path: string): Promise<void> {}
