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

/** The longer side of a photo that goes to the gateway. */
const WHOLE_SIDE_MAX = 1280
const WHOLE_SIDE_MIN = 64

/** The whole picture, not larger than phones show it, as a `data:` address: some 200 KB. */
export async function wholePhoto(file: Blob): Promise<string> {
  const picture = await createImageBitmap(file)
  const share = Math.min(1, WHOLE_SIDE_MAX / Math.max(picture.width, picture.height))
  const canvas = document.createElement("canvas")
  canvas.width = Math.round(picture.width * share)
  canvas.height = Math.round(picture.height * share)
  if (Math.min(canvas.width, canvas.height) < WHOLE_SIDE_MIN) throw new RangeError("the picture is too small")
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  return canvas.toDataURL("image/jpeg", QUALITY)
}
