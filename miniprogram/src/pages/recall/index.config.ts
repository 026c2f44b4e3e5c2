export default definePageConfig({ navigationBarTitleText: "与您有关的召回" })
