import Taro, { useShareAppMessage, useShareTimeline } from "@tarojs/taro"
import { useEffect } from "react"

export interface Shared {
  readonly title: string
  /** Undefined while nothing is shared yet. */
  readonly shareId: string | undefined
  /** Makes the share when somebody sends the page by the platform's own menu. */
  readonly make?: () => Promise<string | undefined>
  /** File of the 5:4 picture of this trace, once it is drawn. */
  readonly picture: string | undefined
}

const page = "/pages/trace/index"
/**
 * Nothing of any trace is on it. Without a picture the platforms send one of the page as it stands there: the owner's,
 * with weights and hours.
 */
const plainPicture = "/pictures/shared.png"
/** Opened from the timeline: one page, without login or other pages. */
const timelineScene = 1154

export const isSinglePage = (): boolean => Taro.getLaunchOptionsSync?.().scene === timelineScene

/** To chats and, once there is a share, to the timeline. What is sent carries the share's id alone. */
export function useShare({ title, shareId, make, picture }: Shared): void {
  const sent = picture ?? plainPicture
  // Alipay calls the same picture otherwise.
  const drawn = { imageUrl: sent, bgImgUrl: sent }
  const message = (id: string) => ({ title, path: `${page}?share=${id}`, ...drawn })
  useShareAppMessage(() => {
    if (shareId !== undefined) return message(shareId)
    // Who cannot wait for the id gets the front page, and nobody a purchase's number.
    const promise = make?.().then((id) => (id === undefined ? Promise.reject(new Error("no share")) : message(id)))
    return { title, path: "/pages/pay/index", ...drawn, ...(promise && { promise }) } as Taro.ShareAppMessageReturn
  })
  useShareTimeline(() => ({
    title,
    query: shareId === undefined ? "" : `share=${shareId}`,
    imageUrl: sent,
  }))
  const isShared = shareId !== undefined
  useEffect(() => {
    if (process.env.TARO_ENV !== "weapp") return
    const menus = ["shareAppMessage", "shareTimeline"]
    // In the timeline's own single page there are no menus.
    const asked = isShared
      ? Taro.showShareMenu?.({ menus } as Taro.showShareMenu.Option)
      : Taro.hideShareMenu?.({ menus: ["shareTimeline"] } as Taro.hideShareMenu.Option)
    void asked?.catch(() => {})
  }, [isShared])
}
