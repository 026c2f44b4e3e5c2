import { jpegQuality, photoText, sizeToSend } from "../../core/photo-size"
import type { Chosen, ChosenPhoto } from "./choose-photos"

/** The browser's own dialog, at a tap; it may never answer when it is put away. */
export async function choosePhotos(most: number): Promise<Chosen> {
  const files = (await chooseFiles()).slice(0, most)
  const photos: ChosenPhoto[] = []
  for (const file of files) {
    const photo = await drawnAnew(file).catch(() => undefined)
    if (photo !== undefined) photos.push(photo)
  }
  return { photos, unusable: files.length - photos.length }
}

function chooseFiles(): Promise<readonly File[]> {
  return new Promise((resolve) => {
    const input = document.createElement("input")
    Object.assign(input, { type: "file", accept: "image/*", multiple: true })
    input.onchange = () => resolve([...(input.files ?? [])])
    input.addEventListener("cancel", () => resolve([]))
    input.click()
  })
}

/** As a data address: pages may show no other pictures of the phone's. What the camera wrote beside it stays behind. */
async function drawnAnew(file: File): Promise<ChosenPhoto | undefined> {
  const image = await loaded(await dataAddress(file))
  const { width, height } = sizeToSend({ width: image.naturalWidth, height: image.naturalHeight })
  const canvas = Object.assign(document.createElement("canvas"), { width, height })
  canvas.getContext("2d")?.drawImage(image, 0, 0, width, height)
  const shown = canvas.toDataURL("image/jpeg", jpegQuality)
  const base64 = photoText(shown.slice(shown.indexOf(",") + 1))
  return base64 === undefined ? undefined : { shown, base64 }
}

function dataAddress(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result))
    reader.onerror = () => reject(new Error("a file could not be read"))
    reader.readAsDataURL(file)
  })
}

function loaded(source: string): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const image = new Image()
    image.onload = () => resolve(image)
    image.onerror = () => reject(new Error("a picture could not be opened"))
    image.src = source
  })
}
