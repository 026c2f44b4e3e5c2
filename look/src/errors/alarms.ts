/** Alarms (预警) and what somebody decided about them. */
export const alarmErrors = {
  "alarm/unknown": {
    status: 404,
    zh: "没有这条预警，或您无权查看。",
    en: "There is no such alarm, or it is not yours to see.",
  },
  "alarm/changed": {
    status: 409,
    zh: "这条预警在您查看之后有了新的证据，请重新查看。",
    en: "There is new evidence since the alarm was shown to you; look again.",
  },
  "alarm/wrong-state": {
    status: 409,
    zh: "这条预警现在的状态不允许这样做，请刷新后再看。",
    en: "The alarm's state does not allow this; reload and look again.",
  },
  "alarm/note-needed": {
    status: 400,
    zh: "请写明是怎么解释或确认的。",
    en: "Write down how it was explained or confirmed.",
  },
} as const
