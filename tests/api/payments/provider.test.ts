import { providerContract } from "./provider-contract"

providerContract("wechat-pay")
providerContract("wechat-pay", { keyMode: "certificate" })
providerContract("wechat-pay", { collector: "direct" })
providerContract("alipay")
providerContract("alipay", { collector: "direct" })
