/** Pixels of a tile's photo, both ways. */
const SIDE = 192
const QUALITY = 0.8

/** The middle of a picture, square and small, as a `data:` address; without what the camera wrote beside it. */
export async function scalePhoto(file: Blob): Promise<string> {
  const picture = await createImageBitmap(file)
  const side = Math.min(picture.width, picture.height)
  const canvas = document.createElement("canvas")
  canvas.width = SIDE
  canvas.height = SIDE
  const [left, top] = [(picture.width - side) / 2, (picture.height - side) / 2]
  canvas.getContext("2d")?.drawImage(picture, left, top, side, side, 0, 0, SIDE, SIDE)
  picture.close()
  return canvas.toDataURL("image/jpeg", QUALITY)
}
