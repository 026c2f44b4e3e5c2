import { mergeInternalComponents } from "@tarojs/shared"
import { screenReaderAttributes } from "../../core/screen-reader"

mergeInternalComponents(screenReaderAttributes)
