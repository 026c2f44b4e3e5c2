// Labels and roles in the templates of the mini-programs. The program itself is told in src/platform/boot.ts.
import { screenReaderAttributes } from "../core/screen-reader"

interface Platform {
  /** None in a browser. */
  readonly template?: { mergeComponents(context: unknown, components: object): void }
}
interface PluginContext {
  registerMethod(method: { readonly name: string; readonly fn: (platform: Platform) => void }): void
}

export default function tellScreenReaders(context: PluginContext): void {
  context.registerMethod({
    name: "onSetupClose",
    fn: ({ template }) => template?.mergeComponents(context, screenReaderAttributes),
  })
}
