/** The office's own navigation, and the way back from a page that could not be shown. */
export const officeNavWords = {
  pages: { zh: "办公页面", en: "Office pages" },
  back: { zh: "返回", en: "Go back" },
  noPages: {
    zh: "这个令牌没有任何办公页面的权限，请找发令牌的人。",
    en: "This token may open no page of the office; ask whoever issued it.",
  },
} as const satisfies Record<string, { readonly zh: string; readonly en: string }>
