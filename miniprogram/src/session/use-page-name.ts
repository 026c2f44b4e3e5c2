import Taro, { useDidShow, useRouter } from "@tarojs/taro"
import { useEffect } from "react"
import { pageName } from "../../core/page-name"
import { namePage } from "../platform/name-page"
import { useWords } from "./language"

/** The bar above a page names it in the language that was chosen, also when a page is come back to. */
export function usePageName(): void {
  const { language, say } = useWords()
  const word = pageName(useRouter().path)
  const name = word === undefined ? undefined : say(word)
  const tell = () => {
    // Of the pages that lie on one another the uppermost has the bar.
    const isShown = pageName(Taro.getCurrentInstance().router?.path ?? "") === word
    if (name !== undefined && isShown) namePage(name)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: told again when the language changes
  useEffect(tell, [language])
  useDidShow(tell)
}
