import { useKioskState, useWords } from "../session/use-kiosk"

/** Chosen with the claim code; here it is only said whether there is one. */
export function OwnerPin() {
  const isSet = useKioskState().settings.pin !== undefined
  const say = useWords()
  return (
    <>
      <h2>{say("ownerPin")}</h2>
      <p className={isSet ? "soft" : "notice bad"}>{isSet ? say("ownerPinSet") : `✕ ${say("ownerPinMissing")}`}</p>
    </>
  )
}
