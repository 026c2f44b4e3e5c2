export default definePageConfig({ navigationBarTitleText: "自己查一遍" })
