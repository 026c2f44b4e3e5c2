import Taro from "@tarojs/taro"

/** A file of the phone's own that WeChat sends to a chat; from there it is kept anywhere. Rejects where it cannot. */
export async function saveText(name: string, text: string): Promise<void> {
  const path = `${Taro.env.USER_DATA_PATH}/${name}`
  await new Promise<void>((resolve, fail) => {
    Taro.getFileSystemManager().writeFile({
      filePath: path,
      data: text,
      encoding: "utf8",
      success: () => resolve(),
      fail,
    })
  })
  await Taro.shareFileMessage({ filePath: path, fileName: name })
}

/** Alipay gives a program no way to hand a file over: there the text is copied. */
export const canSaveText: boolean = process.env.TARO_ENV === "weapp"
