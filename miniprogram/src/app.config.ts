/** WeChat's own setting decides, by theme.json; Alipay knows no such file, and there the pages' styles and switch do. */
const isThemed = process.env.TARO_ENV === "weapp"

export default defineAppConfig({
  pages: [
    "pages/pay/index",
    "pages/trace/index",
    "pages/verify/index",
    "pages/mine/index",
    "pages/recall/index",
    "pages/problem/index",
    "pages/data/index",
    "pages/join/index",
    "pages/stall/index",
    "pages/bind/index",
  ],
  darkmode: isThemed,
  // WeChat's own sheet asks before the first use of what its privacy notice names.
  ...(isThemed ? { themeLocation: "theme.json", __usePrivacyCheck__: true } : {}),
  animation: false,
  window: {
    navigationBarTitleText: "溯源",
    navigationBarBackgroundColor: isThemed ? "@barGround" : "#FBFAF5",
    navigationBarTextStyle: (isThemed ? "@barText" : "black") as "black",
    ...(isThemed ? { backgroundColor: "@ground", backgroundTextStyle: "@backText" as "dark" } : {}),
  },
})
