import type { BuyerWord } from "@suyuan/look/buyer-words"
import { useWords } from "../session/language"
import { Box } from "./elements"

type ReceiptDigitsProps = { readonly digits: string; readonly why: BuyerWord }

/** Six digits for a stall that cannot hear, large enough to be read out. */
export function ReceiptDigits({ digits, why }: ReceiptDigitsProps) {
  const { say } = useWords()
  return (
    <Box className="receipt">
      <Box className="soft">{say(why)}</Box>
      <Box className="digits" label={`${say("receipt")} ${digits}`}>
        {digits.slice(0, 3)} {digits.slice(3)}
      </Box>
    </Box>
  )
}
