import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import { Text, View } from "@tarojs/components"
import { checkProof } from "../../../core/check-proof"

export default function Page() {
  return (
    <View>
      <Text>
        {process.env.TARO_ENV} {String(checkProof)} {String(verifyNoble)}
      </Text>
    </View>
  )
}
