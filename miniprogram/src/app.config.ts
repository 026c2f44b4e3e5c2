export default defineAppConfig({
  pages: ["pages/pay/index", "pages/trace/index", "pages/verify/index", "pages/mine/index"],
  darkmode: false,
  animation: false,
  window: {
    navigationBarTitleText: "溯源",
    navigationBarBackgroundColor: "#FBFAF5",
    navigationBarTextStyle: "black",
  },
})
