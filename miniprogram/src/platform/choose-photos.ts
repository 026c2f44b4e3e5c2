import Taro from "@tarojs/taro"
import { jpegQuality, photoText, sizeToSend } from "../../core/photo-size"
import { fileOfCanvas, loadImage, openCanvas } from "./canvas-file"

export interface ChosenPhoto {
  /** Where the page finds it to show it. */
  readonly shown: string
  readonly base64: string
}

export interface Chosen {
  readonly photos: readonly ChosenPhoto[]
  /** How many could not be read, or are too large even when drawn anew. */
  readonly unusable: number
}

/** The platform's own album and camera, at a tap; drawn anew in a size that is sent. Nothing chosen is nothing. */
export async function choosePhotos(most: number): Promise<Chosen> {
  const photos: ChosenPhoto[] = []
  const paths = await choosePaths(most).catch(() => [])
  for (const path of paths.slice(0, most)) {
    const shown = await drawnAnew(path).catch(() => path)
    const base64 = photoText(await readBase64(shown).catch(() => ""))
    if (base64 !== undefined) photos.push({ shown, base64 })
  }
  return { photos, unusable: Math.min(paths.length, most) - photos.length }
}

async function choosePaths(count: number): Promise<readonly string[]> {
  if (process.env.TARO_ENV === "weapp") {
    const { tempFiles } = await Taro.chooseMedia({ count, mediaType: ["image"], sizeType: ["compressed"] })
    return tempFiles.map(({ tempFilePath }) => tempFilePath)
  }
  const { tempFilePaths } = await Taro.chooseImage({ count, sizeType: ["compressed"] })
  return tempFilePaths
}

async function drawnAnew(path: string): Promise<string> {
  const { width, height } = sizeToSend(await loadImage(openCanvas(1, 1).canvas, path))
  const { canvas, brush } = openCanvas(width, height)
  brush.drawImage(await loadImage(canvas, path), 0, 0, width, height)
  return fileOfCanvas(canvas, { width, height, fileType: "jpg", quality: jpegQuality })
}

function readBase64(filePath: string): Promise<string> {
  return new Promise((resolve, fail) => {
    Taro.getFileSystemManager().readFile({
      ...{ filePath, encoding: "base64", fail },
      success: ({ data }) => resolve(typeof data === "string" ? data : ""),
    })
  })
}
