/**
 * What a screen reader is told, which Taro's templates leave out: added to them by the builder and known to the program,
 * or their numbers would not be the same. Read by the builder too: it imports nothing.
 */
const told = { "aria-label": "", "aria-role": "" }
const toldOfChanges = { ...told, "aria-live": "", "aria-level": "" }
const toldOfPresses = { ...told, "aria-checked": "", "aria-expanded": "" }

/** By Taro's name of a component; an empty value is one that stays away where nothing is set. */
export const screenReaderAttributes = {
  View: toldOfChanges,
  Button: toldOfPresses,
  Image: told,
  Input: told,
  Textarea: told,
}
