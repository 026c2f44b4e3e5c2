// The demonstration from the open gateway to the day's sums.
import { fenToYuan } from "@suyuan/protocol/units/money"
import { openChainReader } from "./chain-reader"
import {
  allSales,
  awaitAnchors,
  awaitRefunds,
  awaitUploads,
  checkMoney,
  checkOneProof,
  meanUnknownShare,
  verifyProofs,
} from "./check-day"
import { openDice } from "./dice"
import { disturbPlatforms } from "./disturb-platforms"
import { type Gateway, granted, openGateway } from "./gateway"
import { openMarket } from "./market"
import { planDay } from "./plan-day"
import { playDay } from "./play-day"
import type { PlayedSale } from "./play-sale"
import { inPool } from "./pool"
import { readCatalogue, readPriceList } from "./price-list"
import { openProgress, say, type Trace, tellTrace } from "./tell"

export type DayOptions = {
  readonly gatewayUrl: string
  readonly sandboxUrl: string
  readonly operatorToken: string
  readonly chainRpcUrl: string
  readonly deploymentText: string
  readonly directory: string
  readonly sales: number
  readonly seed: number
}

export type DayFigures = {
  readonly sales: number
  /** By a platform. */
  readonly paid: number
  readonly cash: number
  readonly refunds: number
  readonly voided: number
  /** Records of trades and refunds that the chain holds. */
  readonly anchored: number
  readonly batches: number
  /** Proofs of these that hold, with root and terminal key as the chain has them. */
  readonly verified: number
  readonly unknownShareMean: number
  /** Of all records, snapshots and catalogue included: bytes of batches and gas of their transactions. */
  readonly bytesPerRecord: number
  readonly gasPerRecord: number
  readonly moneyAddsUp: boolean
}

export async function runDay(options: DayOptions): Promise<{ figures: DayFigures; isGood: boolean }> {
  const { gatewayUrl, sandboxUrl, directory, sales: salesCount, seed } = options
  const gateway = openGateway(gatewayUrl, options.operatorToken)
  const chain = openChainReader(options.chainRpcUrl, options.deploymentText)
  const progress = openProgress()
  const catalogue = readCatalogue()
  const plan = planDay(readPriceList(catalogue), salesCount, seed)
  const dice = openDice(seed).fork("day")

  const people = `${plan.bases.length} + ${plan.wholesalers.length} + ${plan.stalls.length}`
  progress.begin(
    `基地、批发商、摊位登记，终端注册，钱包绑定（${people}）`,
    "Bases, wholesalers and stalls enrol and bind wallets",
    0,
  )
  const market = await openMarket({ gateway, sandboxUrl, directory, catalogue, plan, dice })
  await disturbPlatforms(sandboxUrl, seed)
  try {
    const day = await playDay(gateway, market, plan, dice, progress)
    const sales = allSales(day)

    progress.begin("等终端补传、退款到账、存证上链", "Uploads, refunds and anchors catch up", 0)
    await awaitUploads(market)
    const refundIds = await awaitRefunds(gateway, sales)
    const recordIds = [...sales.map(({ recordId }) => recordId), ...refundIds]
    await awaitAnchors(chain, recordIds)

    progress.begin("逐笔验证：签名、内容、批次、链上", "Every proof is verified against the chain", 0)
    const { verified, failures } = await verifyProofs(gateway, chain, recordIds)
    const money = await checkMoney(gateway, sandboxUrl, sales)
    const unknownShareMean = await meanUnknownShare(gateway, day.retailSales)
    progress.end()
    await tellOneTrace(gateway, chain, day.retailSales)

    const tally = chain.tally()
    const kinds = recordIds.map((id) => chain.records.get(id))
    const cash = sales.filter(({ planned }) => planned.way === "cash")
    const figures: DayFigures = {
      sales: sales.length,
      paid: sales.length - cash.length,
      cash: cash.length,
      refunds: refundIds.length,
      voided: cash.filter(({ planned }) => planned.isVoided).length,
      anchored: kinds.filter((kind) => kind === "sale" || kind === "refund").length,
      batches: tally.batches,
      verified,
      unknownShareMean: Number(unknownShareMean.toFixed(4)),
      bytesPerRecord: Math.round(tally.payloadBytes / tally.records),
      gasPerRecord: Math.round(Number(tally.gas) / tally.records),
      moneyAddsUp: money.addsUp,
    }
    for (const failure of failures) say(`✕ ${failure}`)
    tellSums(figures, money, market.losses, tally.records)
    const all = figures.paid + figures.cash + figures.refunds
    return { figures, isGood: figures.anchored === all && verified === all && money.addsUp }
  } finally {
    await market.close()
    chain.close()
  }
}

const TRACES_LOOKED_AT = 24

/** Of the first few, the one that has most to tell. */
async function tellOneTrace(
  gateway: Gateway,
  chain: ReturnType<typeof openChainReader>,
  sales: readonly PlayedSale[],
): Promise<void> {
  const some = sales.filter(({ planned }) => planned.way === "platform").slice(0, TRACES_LOOKED_AT)
  const traces = await inPool(some, 4, async ({ recordId }) => {
    const answer = await gateway.operator.get("/traces/purchases/{recordId}", { path: { recordId } })
    return granted("a trace", answer)
  })
  const [best] = traces.sort((a, b) => interestOf(b) - interestOf(a))
  if (best === undefined) return
  say("\n── 一笔买菜的来路 · One purchase, traced ──")
  for (const line of tellTrace(best)) say(line)
  say("── 验证 · Verified ──")
  const zh = await checkOneProof(gateway, chain, best.recordId, "zh")
  const en = await checkOneProof(gateway, chain, best.recordId, "en")
  for (const [index, sentence] of zh.sentences.entries()) say(`  ${sentence}\n    ${en.sentences[index] ?? ""}`)
  say(`  ${zh.report.verified ? "印 ✓ 全部通过 · every step holds" : "✕ 没有通过 · a step failed"}`)
}

function interestOf(trace: Trace): number {
  const certain = trace.lines.filter(({ origin }) => origin?.kind === "all-from").length
  const tested = trace.lines.filter(({ inspections }) => inspections.length > 0).length
  const isReadable = trace.lines.length <= 3
  return (isReadable ? 100 : 0) + trace.levels * 10 + certain * 5 + tested * 3 + trace.lines.length
}

function tellSums(
  figures: DayFigures,
  money: Awaited<ReturnType<typeof checkMoney>>,
  losses: { readonly uploads: number; readonly acknowledgements: number },
  records: number,
): void {
  const { sales, paid, cash, refunds, voided, anchored, batches, verified } = figures
  say("\n── 当日合计 · The day's sums ──")
  say(
    `  交易 sales ${sales} = 手机 by phone ${paid} + 现金 cash ${cash}；退款 refunds ${refunds}，作废 voided ${voided}`,
  )
  say(`  平台实收 platform receipts ¥${fenToYuan(money.receiptsFen)} − 退款 refunds ¥${fenToYuan(money.refundsFen)}`)
  say(
    `  = 本店净额 our net ¥${fenToYuan(money.netFen)} ${money.addsUp ? "✓ 分毫不差 to the fen" : "✕"}；现金 cash ¥${fenToYuan(money.cashFen)}`,
  )
  say(
    `  丢失并补上的消息 messages lost and made good: ${losses.uploads} 上行 up, ${losses.acknowledgements} 回执 acknowledgements`,
  )
  say(
    `  存证 records ${records}，${batches} 批 batches；交易与退款 trades and refunds ${anchored}，验证通过 verified ${verified}`,
  )
  say(`  每条 per record: ${figures.bytesPerRecord} bytes, ${figures.gasPerRecord} gas`)
  const percent = (figures.unknownShareMean * 100).toFixed(1)
  say(`  零售明细中来源未知（至多，平均） retail lines of unknown origin (at most, mean): ${percent}%`)
}
