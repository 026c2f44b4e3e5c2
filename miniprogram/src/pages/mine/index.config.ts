export default definePageConfig({ navigationBarTitleText: "我买过的" })
