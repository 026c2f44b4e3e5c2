// Photos taken at a stall, as its tablet's camera gives them.
import { expect } from "bun:test"
import type { Page } from "playwright-core"
import { goTo, rowsOf } from "./market"

/** Taken without a line it waits on the tablet; with one it stands on the customer's empty screen. */
export async function sendsItsPhoto(page: Page, display: Page) {
  await page.click("button:has-text('挂单')")
  await goTo(page, "本机")
  await page.context().setOffline(true)
  await page.getByText("◔ 离线").waitFor()
  await takePhoto(page, ".state-page input[type=file]")
  await page.getByText("照片已存在平板上").waitFor()
  expect(await display.locator(".display-photo").count()).toBe(0)
  await page.context().setOffline(false)
  await page.getByText("✓ 照片已发出").waitFor()
  await display.waitForFunction(
    () => (document.querySelector<HTMLImageElement>(".display-photo")?.naturalWidth ?? 0) > 0,
  )
  expect(await rowsOf(page, "stallPhoto")).toEqual([])
}

/** A picture as a camera gives it, larger than what is sent. */
export async function takePhoto(page: Page, input: string) {
  const picture = await page.evaluate(() => {
    const canvas = document.createElement("canvas")
    canvas.width = 2400
    canvas.height = 1800
    const pen = canvas.getContext("2d")!
    pen.fillStyle = "#8aa36b"
    pen.fillRect(0, 0, 2400, 1800)
    pen.fillStyle = "#e9f2d0"
    pen.fillRect(750, 450, 900, 900)
    return canvas.toDataURL("image/png").split(",")[1] ?? ""
  })
  const buffer = Buffer.from(picture, "base64")
  await page.locator(input).setInputFiles({ name: "photo.png", mimeType: "image/png", buffer })
}
