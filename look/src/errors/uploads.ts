/** Why a terminal's upload is refused; the rules are in docs/specs/upload.md. */
export const uploadErrors = {
  "upload/wrong-terminal": {
    status: 403,
    zh: "上传内容属于另一台终端。",
    en: "The upload belongs to another terminal.",
  },
  "upload/other-bytes": {
    status: 409,
    zh: "同一编号已有另一份上传。",
    en: "This number already names another upload.",
  },
  "upload/malformed": {
    status: 400,
    zh: "终端上传的数据格式有误。",
    en: "The terminal's upload is not in the expected form.",
  },
  "upload/unknown-version": {
    status: 400,
    zh: "终端上传的数据来自更新版本，请更新网关。",
    en: "The upload comes from a newer terminal; update the gateway.",
  },
  "upload/unknown-kind": {
    status: 400,
    zh: "无法识别终端上传的数据种类。",
    en: "The upload is of an unknown kind.",
  },
  "upload/malformed-body": {
    status: 400,
    zh: "终端上传的内容有误。",
    en: "The content of the upload is not in order.",
  },
  "upload/bad-signature": {
    status: 403,
    zh: "上传的数据不是该终端签出的。",
    en: "The upload was not signed by its terminal.",
  },
  "stock-snapshot/malformed": {
    status: 400,
    zh: "货品清单格式有误。",
    en: "The stock snapshot is not in the expected form.",
  },
  "stock-snapshot/slots-not-ascending": {
    status: 400,
    zh: "货品清单的栏位重复或次序有误。",
    en: "The slots of the stock snapshot repeat or are out of order.",
  },
  "stock-snapshot/pack-interval-reversed": {
    status: 400,
    zh: "货品清单里一件的最低重量高于最高重量。",
    en: "A pack of the stock snapshot has a low weight above its high one.",
  },
  "stock-snapshot/lot-missing": {
    status: 400,
    zh: "分开存放的货品没有注明批次。",
    en: "Goods kept apart name no lot.",
  },
  "stock-snapshot/bad-signature": {
    status: 403,
    zh: "货品清单不是该终端签出的。",
    en: "The stock snapshot was not signed by its terminal.",
  },
  "public-key/wrong-length": {
    status: 400,
    zh: "终端公钥的长度有误。",
    en: "The terminal's public key has a wrong length.",
  },
  "public-key/not-a-point": {
    status: 400,
    zh: "终端公钥无效。",
    en: "The terminal's public key is not valid.",
  },
  "public-key/small-order": {
    status: 400,
    zh: "终端公钥不安全，不能登记。",
    en: "The terminal's public key is weak and cannot be registered.",
  },
} as const
