import { providerContract } from "./provider-contract"

for (const platform of ["wechat-pay", "alipay"] as const) {
  for (const collector of ["service-provider", "direct"] as const) {
    for (const method of ["jsapi", "native", "h5"] as const) providerContract(platform, { collector, method })
  }
}
providerContract("wechat-pay", { keyMode: "certificate" })
