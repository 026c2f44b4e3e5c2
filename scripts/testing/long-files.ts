// Which files take long, so that none of them begins when all others are done: Bun cuts the workers' shares by these
// times and begins with the longest.

/** Seconds on two cores, where it is more than a few. Only their order matters: npm test names the slowest of today. */
const longFiles: Readonly<Record<string, number>> = {
  "faults/killed.test.ts": 130,
  "faults/recalls.test.ts": 110,
  "faults/outages.test.ts": 80,
  "faults/two-gateways.test.ts": 50,
  "api/payments/outside.test.ts": 35,
  "faults/platforms.test.ts": 33,
  "flows/stall-sale-to-anchored-record.test.ts": 33,
  "api/payments/provider.test.ts": 31,
  "api/trace/remembered-piles.test.ts": 30,
  "api/trace/read-trace.test.ts": 25,
  "faults/codes.test.ts": 25,
  "api/http/office-pages-browser.test.ts": 24,
  "terminal-kiosk/settings/owner-pin.test.ts": 20,
  "api/recalls/office-browser.test.ts": 18,
  "api/alarms/alarms.test.ts": 18,
  "api/recalls/notices.test.ts": 18,
  "api/payments/close-payment.test.ts": 16,
  "api/recalls/recall-verbs.test.ts": 16,
  "api/http/pay-without-scripts.test.ts": 16,
  "api/stock/counted-and-wasted.test.ts": 15,
  "scripts/supervisor.test.ts": 14,
  "terminal-kiosk/browser/screens.test.ts": 190,
  "miniprogram/built/h5.test.ts": 160,
  "terminal-kiosk/browser/sales.test.ts": 95,
  "terminal-kiosk/browser/second-tablet.test.ts": 57,
  "terminal-kiosk/browser/misfortunes.test.ts": 53,
  "terminal-kiosk/browser/incoming.test.ts": 49,
  "miniprogram/built/h5-pay.test.ts": 47,
  "terminal-kiosk/browser/owner.test.ts": 46,
  "miniprogram/built/h5-steady.test.ts": 43,
  "miniprogram/built/mini-messages.test.ts": 37,
}
const OTHER_SECONDS = 2

/** What `bun test --timings` reads. @param files relative to tests/ */
export function expectedTimes(files: readonly string[]): string {
  const times = files.map((file) => [`tests/${file}`, (longFiles[file] ?? OTHER_SECONDS) * 1_000])
  return JSON.stringify({ version: 1, files: Object.fromEntries(times) })
}

export const namedFiles: readonly string[] = Object.keys(longFiles)
