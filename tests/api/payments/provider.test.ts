import { providerContract } from "./provider-contract"

providerContract("wechat-pay")
providerContract("wechat-pay", "certificate")
providerContract("alipay")
