export default defineAppConfig({
  pages: ["pages/pay/index", "pages/trace/index", "pages/verify/index", "pages/mine/index"],
  darkmode: false,
  animation: false,
  window: {
    navigationBarTitleText: "溯源",
    navigationBarBackgroundColor: "#FBFAF5",
    navigationBarTextStyle: "black",
    // A browser has its own bar and its own way back.
    navigationStyle: process.env.TARO_ENV === "h5" ? "custom" : "default",
  },
})
