import { switchScheme, switchText, useAppearance } from "../session/appearance"
import { switchLanguage, useWords } from "../session/language"
import { Box, Press } from "./elements"

const schemeWords = { system: "schemeSystem", light: "schemeLight", dark: "schemeDark" } as const

/** Language, size of letters, day or night: below every page, kept on this device. */
export function Settings() {
  const { say } = useWords()
  const { scheme, isLarge } = useAppearance()
  return (
    <Box className="foot">
      <Press id="language" className="quiet" onPress={switchLanguage}>
        {say("otherLanguage")}
      </Press>
      <Press id="text-size" className="quiet" onPress={switchText}>
        {say(isLarge ? "textUsual" : "textLarge")}
      </Press>
      <Press id="scheme" className="quiet" onPress={switchScheme}>
        {say(schemeWords[scheme])}
      </Press>
    </Box>
  )
}
