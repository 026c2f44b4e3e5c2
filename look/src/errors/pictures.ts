/** Photos of stalls, and the platforms' pictures that open a share. */
export const pictureErrors = {
  "picture/unusable": {
    status: 400,
    zh: "照片须为 JPEG 或 PNG，不超过 512 KB，每边 64 至 2048 像素。",
    en: "A photo is a JPEG or PNG of at most 512 KB, each side 64 to 2048 pixels.",
  },
  "picture/unknown": { status: 404, zh: "没有这张图片。", en: "There is no such picture." },
  "picture/code-refused": {
    status: 502,
    zh: "平台没有给出小程序码，请改用链接分享。",
    en: "The platform gave no mini-program code; share the link instead.",
  },
  "picture/code-unavailable": {
    status: 503,
    zh: "平台暂时没有回应，请稍后再取小程序码。",
    en: "The platform does not answer just now; ask for the code again shortly.",
  },
} as const
