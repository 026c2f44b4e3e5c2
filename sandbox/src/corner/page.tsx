/** The frame of every page of the sandbox: language switch, the word 演示, no resource from outside. */
import { html } from "hono/html"
import type { Child } from "hono/jsx"
import type { Language } from "./language"

const words = {
  zh: { mark: "溯源", demo: "演示", note: "演示环境：不是真的钱", other: "English", otherCode: "en" },
  en: { mark: "Suyuan", demo: "Demo", note: "Demonstration: no real money", other: "中文", otherCode: "zh" },
} as const

function inLanguage(path: string, language: string): string {
  const url = new URL(path)
  url.searchParams.set("lang", language)
  return `${url.pathname}${url.search}`
}

export function Page(props: {
  language: Language
  title: string
  path: string
  themeColour?: string
  children?: Child
}) {
  const own = words[props.language]
  return (
    <html lang={props.language === "zh" ? "zh-CN" : "en"}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{props.title}</title>
        {props.themeColour === undefined ? null : <meta name="theme-color" content={props.themeColour} />}
        <link rel="stylesheet" href="/corner.css" />
        <link rel="icon" href="data:," />
      </head>
      <body>
        <header class="top">
          <span class="mark" aria-hidden="true">
            {own.mark}
          </span>
          <span class="badge">{own.demo}</span>
          <span class="note">{own.note}</span>
          <a class="switch" href={inLanguage(props.path, own.otherCode)} lang={own.otherCode}>
            {own.other}
          </a>
        </header>
        {props.children}
      </body>
    </html>
  )
}

/** The whole document, with its doctype. */
export function document(page: Child) {
  return html`<!doctype html>${page}`
}
