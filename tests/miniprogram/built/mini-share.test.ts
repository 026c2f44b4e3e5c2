// The compiled programs: what goes to chats and to the timeline, the picture drawn on the phone, the map, and the timeline's
// single page.
import { expect, test } from "bun:test"
import { until } from "../../api/payments/platforms"
import type { Call } from "./mini-host"
import { targets } from "./phone"
import { phonesOfBoth } from "./phones"

const { world, take } = phonesOfBoth()

/** A canvas that notes what is written on it. */
function canvasOf(written: string[]) {
  const brush = {
    ...{
      fillRect() {},
      beginPath() {},
      moveTo() {},
      lineTo() {},
      arc() {},
      fill() {},
      drawImage: () => void written.push("a picture"),
    },
    ...{ fillText: (text: string) => void written.push(text), measureText: (text: string) => ({ width: text.length }) },
  }
  const image = () => ({
    onload() {},
    set src(address: string) {
      written.push(new URL(address).pathname)
      setTimeout(() => this.onload(), 0)
    },
  })
  return { getContext: () => brush, createImage: image }
}

type Pin = { readonly title?: string; readonly latitude: number; readonly longitude: number }
type Line = { readonly arrowLine?: boolean }

for (const target of targets) {
  test(`${target}: what is sent has the drawn picture and the share's id alone; it can be taken back`, async () => {
    const written: string[] = []
    const shownPictures: string[] = []
    const phone = take(target, {
      api: {
        createOffscreenCanvas: () => canvasOf(written) as never,
        canvasToTempFilePath: ({ success }: Call<object>) =>
          success?.({ tempFilePath: "wxfile://card.png", apFilePath: "wxfile://card.png" }),
        previewImage: ({ urls, success }: Call<{ readonly urls: string[] }>) => {
          shownPictures.push(...urls)
          success?.({})
        },
      },
    })
    const { host } = phone
    const code = await world().newCode()
    await phone.buy(code)
    await world().uploadAndAnchor(code)
    host.tap("trace")
    await host.until("从田间到我")
    host.tap("share")
    await host.until("把这个链接发给别人")
    const path = await host.shared()
    const [, id = ""] = /share=([0-9A-Za-z]{17})$/.exec(path) ?? []
    expect(path).toBe(`/pages/trace/index?share=${id}`)
    const picture = target === "weapp" ? "imageUrl" : "bgImgUrl"
    await until(async () => (await host.message())[picture] === "wxfile://card.png", "the card is drawn")
    expect((await host.message()).title).toBe("大白菜 · 它从哪里来")
    if (target === "weapp") {
      expect(host.timeline()).toEqual({
        ...{ title: "大白菜 · 它从哪里来", query: `share=${id}`, imageUrl: "wxfile://card.png" },
      })
    }
    host.tap("poster")
    await host.until("长按图片保存")
    expect(written).toContain(`/shares/${id}/code`)
    expect(written.some((text) => text.includes("全部来自"))).toBe(true)
    expect(written.join("\n")).not.toMatch(/¥|斤|克|kg|\d\d:\d\d/)
    expect(shownPictures).toHaveLength(1)
    // What the poster's code opens: WeChat gives the page a scene, Alipay tells the program.
    const entered = { path: "pages/trace/index", query: target === "alipay" ? { share: id } : {} }
    const friend = take(target, { api: { getLaunchOptionsSync: () => entered, getEnterOptionsSync: () => entered } })
    friend.host.launch(entered)
    await friend.host.open(target === "weapp" ? `/pages/trace/index?scene=${id}` : "/pages/trace/index")
    await friend.host.until("从田间到买家")
    expect(friend.seen.logins).toBe(0)
    host.tap("take-back")
    await host.until("已收回")
    expect((await fetch(`${world().url}/traces/shares/${id}`)).status).toBe(410)
    host.close()
    expect(host.troubles).toEqual([])
  })

  test(`${target}: the platform's own map has the places of the way, where that map draws them, and asks for none of the phone`, async () => {
    const { host, buy } = take(target)
    const code = await world().newCode()
    await buy(code)
    await world().uploadAndAnchor(code)
    host.tap("trace")
    await host.until("从田间到我")
    const map = host.elementOf("map")
    const values = Object.values(map)
    const markers = values.find((value): value is Pin[] => Array.isArray(value) && value[0]?.title !== undefined)
    expect(markers?.map(({ title }) => title)).toHaveLength(4)
    // The stall's own market, as the world placed it in WGS 84; here some hundred metres beside that.
    const stall = markers?.find(({ latitude }) => Math.abs(latitude - 39.9) < 0.01)
    expect(stall?.longitude).toBeCloseTo(116.406, 2)
    expect(stall?.longitude).not.toBeCloseTo(116.4, 3)
    const lines = values.find((value): value is Line[] => Array.isArray(value) && value[0]?.arrowLine === true)
    expect(lines).toHaveLength(3)
    expect(host.troubles).toEqual([])
  })

  test(`${target}: before the card is drawn, where it cannot be, and from a friend, no picture of the page is sent`, async () => {
    let refuse: (() => void) | undefined
    const { host, buy } = take(target, {
      api: {
        createOffscreenCanvas: () => canvasOf([]) as never,
        canvasToTempFilePath: ({ fail }: Call<object>) => {
          refuse = () => fail?.({ errMsg: "canvasToTempFilePath:fail" })
        },
      },
    })
    const code = await world().newCode()
    await buy(code)
    await world().uploadAndAnchor(code)
    host.tap("trace")
    await host.until("从田间到我")
    const plain = { imageUrl: "/pictures/shared.png", bgImgUrl: "/pictures/shared.png" }
    // From the menu, before anything is shared: what is sent at once, and what is sent when the id is there.
    const offered = await host.offered()
    expect(offered).toMatchObject(plain)
    const sent = await offered.promise
    expect(sent).toMatchObject(plain)
    const path = sent?.path ?? ""
    expect(path).toContain("share=")
    await until(() => refuse !== undefined, "the card is on its way")
    refuse?.()
    expect(await host.message()).toMatchObject({ ...plain, path })
    if (target === "weapp") expect(host.timeline()).toMatchObject({ imageUrl: plain.imageUrl })
    const friend = take(target)
    friend.host.launch({ path: path.split("?")[0], query: {} })
    await friend.host.open(path)
    await friend.host.until("从田间到买家")
    expect(await friend.host.message()).toMatchObject({ ...plain, path })
  })

  test(`${target}: large text and night stay on the phone`, async () => {
    const phone = take(target)
    await phone.scan(await world().newCode())
    phone.host.tap("text-size")
    await phone.host.until("标准字")
    phone.host.tap("scheme")
    await phone.host.until("明暗：浅色")
    phone.host.tap("scheme")
    await phone.host.until("明暗：深色")
    expect(phone.host.kept.get("appearance")).toBe("dark large")
    phone.host.close()
  })
}

test("weapp: opened from the timeline it is one page, without login and without ways to others", async () => {
  const mine = take("weapp")
  const code = await world().newCode()
  await mine.buy(code)
  await world().uploadAndAnchor(code)
  mine.host.tap("trace")
  await mine.host.until("从田间到我")
  mine.host.tap("share")
  await mine.host.until("把这个链接发给别人")
  const path = await mine.host.shared()
  mine.host.close()
  const launched = { path: "pages/trace/index", query: {}, scene: 1154 }
  const friend = take("weapp", {
    api: { getLaunchOptionsSync: () => launched },
  })
  friend.host.launch(launched)
  await friend.host.open(path)
  await friend.host.until("打开小程序，可以自己查一遍")
  expect(friend.host.has("verify")).toBe(false)
  expect(friend.seen.logins).toBe(0)
  expect(friend.host.troubles).toEqual([])
  friend.host.close()
})
