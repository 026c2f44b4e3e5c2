import { expect, test } from "bun:test"
import { keepPhoto, listPhotos, PHOTO_CHARACTERS_MAX } from "@suyuan/terminal-kiosk/photos/keep-photo"
import { openStall, queuedKinds } from "../headless-terminal"

const jpeg = "data:image/jpeg;base64,/9j/4AAQ"

test("a tile's photo is kept by its slot, and goes nowhere", async () => {
  const { terminal, store } = await openStall()
  await keepPhoto(terminal, 12, jpeg)
  expect(await listPhotos(terminal)).toEqual(new Map([[12, jpeg]]))
  expect(await queuedKinds(store)).toEqual([])
  await keepPhoto(terminal, 12, undefined)
  expect(await listPhotos(terminal)).toEqual(new Map())
})

test("what is no small JPEG is not kept", async () => {
  const { terminal } = await openStall()
  for (const bad of ["data:image/svg+xml;base64,AAAA", `data:image/jpeg;base64,${"A".repeat(PHOTO_CHARACTERS_MAX)}`]) {
    expect(() => keepPhoto(terminal, 1, bad)).toThrow(RangeError)
  }
})
