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
  ...(isThemed ? { themeLocation: "theme.json" } : {}),
  animation: false,
  window: {
    navigationBarTitleText: "溯源",
    navigationBarBackgroundColor: isThemed ? "@barGround" : "#FBFAF5",
    navigationBarTextStyle: (isThemed ? "@barText" : "black") as "black",
    ...(isThemed ? { backgroundColor: "@ground", backgroundTextStyle: "@backText" as "dark" } : {}),
  },
})
