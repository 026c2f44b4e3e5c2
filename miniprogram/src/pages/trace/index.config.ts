export default definePageConfig({
  navigationBarTitleText: "溯源",
  enableShareAppMessage: true,
  enableShareTimeline: true,
})
