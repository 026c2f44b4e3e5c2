import { expect, test } from "bun:test"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { buyerWords } from "@suyuan/look/buyer-words"
import { pageName } from "@suyuan/miniprogram/page-name"

const pages = join(import.meta.dir, "../../miniprogram/src/pages")

test("every page has a name, the one that its bar has before it is drawn", () => {
  for (const page of readdirSync(pages)) {
    const name = pageName(`/pages/${page}/index?share=1`)
    const [, built] =
      /navigationBarTitleText: "([^"]+)"/.exec(readFileSync(join(pages, page, "index.config.ts"), "utf8")) ?? []
    expect([page, name && buyerWords[name].zh]).toEqual([page, built])
  }
  expect(pageName("pages/none/index")).toBeUndefined()
})
