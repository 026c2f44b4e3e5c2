export default definePageConfig({ navigationBarTitleText: "绑定摊位" })
