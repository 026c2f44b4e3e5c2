/** The opened terminal as the screens use it: state that they watch, and what a finger can do. */
import type { Transport } from "@suyuan/client/transport"
import type { Result } from "@suyuan/protocol/result"
import { emptyBasket } from "../../src/basket/basket"
import { takeUpBasket } from "../../src/basket/current-basket"
import { listHeld } from "../../src/basket/hold-basket"
import { readCatalogue } from "../../src/catalogue/read-catalogue"
import { endUnanswered } from "../../src/display/invite-display"
import type { Shown } from "../../src/display/tell-displays"
import { readStallTests } from "../../src/inspections/read-stall-tests"
import type { ConnectBroker } from "../../src/link/broker-link"
import type { GatewayRefusal } from "../../src/link/call-gateway"
import type { Notice, PayerHint } from "../../src/link/down-messages"
import { type KeptLink, keepLinked } from "../../src/link/keep-linked"
import { keepSynced, readSynced } from "../../src/link/keep-synced"
import { askLostSales } from "../../src/lost/ask-lost-sales"
import { oneAtATime } from "../../src/one-at-a-time"
import { putAsideSeen, REFUSED_READ_MAX } from "../../src/outbox/see-refused"
import { listPayees } from "../../src/payees/list-payees"
import { listPhotos } from "../../src/photos/keep-photo"
import type { DraftedSale } from "../../src/sale/close-sale"
import { cameTooLate } from "../../src/sale/late-payments"
import { standingOf } from "../../src/sale/sale-standing"
import { readSettings } from "../../src/settings/settings"
import { askIncoming } from "../../src/stock/ask-incoming"
import { listPurchases } from "../../src/stock/list-purchases"
import { heldSlots } from "../../src/stock/recall-holds"
import { slotsOf } from "../../src/stock/write-snapshot"
import type { LostRow } from "../../src/store/heard-rows"
import { type SaleRow, THE_ONE } from "../../src/store/rows"
import type { Terminal } from "../../src/terminal"
import { listTiles } from "../../src/tiles/put-on-sale"
import { chineseAmount } from "../../src/voice/chinese-amount"
import { speechVoice } from "../../src/voice/speech-voice"
import { connectOverWeb } from "./connect-over-web"
import { dropRepeats } from "./drop-repeats"
import { Observed } from "./observed"
import { askForPersistence } from "./open-session"
import { takeBackShown } from "./recalled-sale"
import { shownAfter, shownAfterHint } from "./sale-news"
import { sendWaitingPhoto } from "./stall-photo"
import { type KioskState, type LineState, NO_LINE } from "./state"
import { standingOfNotice, terminalStanding } from "./terminal-standing"
import { codeOf, problemOf } from "./trouble"

/** A tablet that was asked to forget nothing still tells how much room there is. */
const STORAGE_LOOK_MS = 60_000
const KEEP_SYNC_MS = 60_000
const TESTS_LOOK_MS = 10 * 60_000
const ASK_LOST_MS = 7 * 24 * 3_600_000

export class Kiosk {
  readonly state: Observed<KioskState>
  readonly terminal: Terminal
  readonly transport: Transport
  readonly voice = speechVoice()
  /** What is done to a basket or to the sale on the screen, one at a time: a code that is being made is not held too. */
  readonly selling = dropRepeats()
  /** Of the basket in the hand, by `keepDrafted`. */
  drafted: DraftedSale | undefined
  #link: KeptLink | undefined
  #onTablets: Shown = new Map()
  #hasAskedLost = false
  #keepSyncAtMs = 0
  readonly #asking = oneAtATime()

  private constructor(terminal: Terminal, transport: Transport, state: KioskState) {
    this.terminal = terminal
    this.transport = transport
    this.state = new Observed(state)
  }

  static async open(terminal: Terminal, transport: Transport): Promise<Kiosk> {
    const { store } = terminal
    const [settings, tiles, catalogue, held] = await Promise.all([
      readSettings(terminal),
      listTiles(terminal),
      store.get("catalogue", THE_ONE),
      listHeld(terminal),
    ])
    const kiosk = new Kiosk(terminal, transport, {
      ...{ settings, tiles, catalogue, held },
      standing: standingOfNotice((await store.get("notices", "state"))?.text),
      basket: (await takeUpBasket(terminal)) ?? emptyBasket(terminal.newId()),
      cleared: undefined,
      shown: undefined,
      purchases: [],
      bindings: [],
      displays: [],
      late: [],
      refusedRefunds: [],
      payees: [],
      lost: await store.get("lost", THE_ONE),
      stallTests: await store.get("stallTests", THE_ONE),
      drafts: [],
      photos: await listPhotos(terminal),
      stallPhoto: await store.get("stallPhoto", THE_ONE),
      recalled: new Map(),
      line: { ...NO_LINE, ...(await readSynced(terminal)) },
      storage: { isPersisted: false, usedBytes: 0, quotaBytes: 0 },
      problem: undefined,
    })
    await putAsideSeen(terminal)
    await kiosk.refresh()
    return kiosk
  }

  /** Beside everything else: the first screen does not wait for it. */
  start(connect: ConnectBroker = connectOverWeb): void {
    const lookAgain = () => void this.refresh()
    this.#link = keepLinked(this.terminal, {
      transport: this.transport,
      connect,
      listeners: {
        onOnline: (isOnline) => this.#wentOnline(isOnline),
        onState: (standing) => this.state.set({ standing }),
        onSale: (sale) => this.heardOfSale(sale),
        onHint: (hint) => this.heardHint(hint),
        onNotice: (notice) => void this.#heardNotice(notice),
        ...{ onHolds: lookAgain, onPayees: lookAgain },
        onAcks: () => void this.#synced(),
        onClockOffset: (clockOffsetMs) => this.#heardGateway({ clockOffsetMs }),
        onTrouble: (trouble) => this.#hadTrouble(trouble),
      },
    })
    this.#link.show(this.#onTablets)
    void this.lookAtStorage()
    setInterval(() => void this.lookAtStorage(), STORAGE_LOOK_MS)
    setInterval(() => this.state.get().line.isOnline && void this.#lookAtStall(), TESTS_LOOK_MS)
    addEventListener("online", () => this.#networkIsBack())
    addEventListener("offline", () => this.#line({ isOnline: false }))
  }

  wake(): void {
    this.#link?.wake()
    void this.refresh()
  }

  /** Reads again what changes beside the screen: outbox, refused uploads, purchases, bindings, recalls. */
  async refresh(): Promise<void> {
    const { store } = this.terminal
    const [counts, refused, purchases, bindings, displays, drafts, payees, late, unrefunded, snapshot] =
      await Promise.all([
        this.#countWaiting(),
        store.list("refused", { limit: REFUSED_READ_MAX }),
        listPurchases(this.terminal),
        store.list("bindings"),
        store.list("displays"),
        store.list("drafts"),
        listPayees(this.terminal),
        store.list("latePayments"),
        store.list("refusedRefunds"),
        store.get("snapshots", THE_ONE),
      ])
    const recalled = await heldSlots(this.terminal, snapshot === undefined ? [] : slotsOf(snapshot))
    // At once: each change has every screen look again.
    const line = { ...this.state.get().line, ...counts, refused }
    this.state.set({
      purchases,
      bindings,
      displays,
      drafts,
      payees,
      late: late.map(([, { counter }]) => counter),
      refusedRefunds: [...new Set(unrefunded.map(([, { counter }]) => counter))],
      recalled,
      line,
    })
    for (const look of this.#heardWatchers) look()
    await takeBackShown(this)
  }

  async #countWaiting(): Promise<Pick<LineState, "unsent" | "openRefunds" | "refusedCount" | "refusedSeen">> {
    const { store } = this.terminal
    const [unsent, openRefunds, refusedCount, refusedSeen] = await Promise.all([
      store.count("outbox"),
      store.count("openRefunds"),
      store.count("refused"),
      store.count("refusedSeen"),
    ])
    return { unsent, openRefunds, refusedCount, refusedSeen }
  }

  /** What the customer is shown, to the second tablets: nothing to one that was ended. */
  showOnTablets(text: string): void {
    const { displays } = this.state.get()
    this.#onTablets = new Map(displays.map(([id, { state }]) => [id, state === "paired" ? text : ""]))
    this.#link?.show(this.#onTablets)
  }

  /** For the first week of a terminal, each time that it is opened: what an earlier one of the stall lost. */
  async askLost(isWished = false): Promise<Result<LostRow, GatewayRefusal> | undefined> {
    const { lost } = this.state.get()
    if (!isWished && lost !== undefined && this.terminal.clock.nowMs() - lost.firstAskedAtMs > ASK_LOST_MS) return
    const answer = await this.attempt(() => askLostSales(this.terminal, this.transport))
    if (answer?.ok) this.#hasAskedLost = true
    if (answer?.ok) this.state.set({ lost: answer.value })
    return answer
  }

  async refreshPhotos(): Promise<void> {
    this.state.set({ photos: await listPhotos(this.terminal) })
  }

  async refreshTiles(): Promise<void> {
    this.state.set({ tiles: await listTiles(this.terminal) })
    this.wake()
  }

  /** Runs a tap's work; a memory that is full or gone becomes a sentence instead of a silent tap. */
  async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      this.state.set({ problem: problemOf(error) })
      return undefined
    }
  }

  heardOfSale(sale: SaleRow): void {
    const { shown, settings } = this.state.get()
    const next = shownAfter(shown, sale, this.terminal.time.nowMs())
    if (next !== shown) this.state.set({ shown: next })
    const isAwaited = standingOf(sale) === "paid" && this.awaited.delete(sale.counter)
    // Of a cancelled sale the screens tell: a sum that is said aloud is taken for that of the code which stands there.
    if (cameTooLate(sale)) void this.refresh()
    else if (isAwaited && settings.voice) this.voice.say(`收款到账 ${chineseAmount(sale.amountFen)}`)
    for (const look of this.#saleWatchers) look(sale)
  }

  heardHint(hint: PayerHint): void {
    const { shown } = this.state.get()
    const next = shownAfterHint(shown, hint, this.terminal.time.nowMs())
    if (next !== shown) this.state.set({ shown: next })
  }

  /** Codes that were shown since this page was opened, and are not paid: their payment is said aloud, once. */
  readonly awaited = new Set<number>()

  readonly #saleWatchers = new Set<(sale: SaleRow) => void>()

  /** For a list of sales: called with each that changed, as it is on the disk by now. */
  watchSales = (look: (sale: SaleRow) => void): (() => void) => {
    this.#saleWatchers.add(look)
    return () => this.#saleWatchers.delete(look)
  }

  readonly #heardWatchers = new Set<() => void>()

  /** For what is read beside this state (`use-heard`): called whenever the memory may hold something new. */
  watchHeard = (look: () => void): (() => void) => {
    this.#heardWatchers.add(look)
    return () => this.#heardWatchers.delete(look)
  }

  /** What must not be handed over stands before what can wait; a later start offers the new version again. */
  offerNewVersion(): void {
    if (this.state.get().problem === undefined) this.state.set({ problem: "newVersion" })
  }

  async lookAtStorage(): Promise<void> {
    const isPersisted = await askForPersistence().catch(() => false)
    const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {}
    this.state.set({ storage: { isPersisted, usedBytes: usage, quotaBytes: quota } })
  }

  #line(changes: Partial<LineState>): void {
    this.state.set({ line: { ...this.state.get().line, ...changes } })
  }

  /** Of a session that outlived the break nobody else tells. */
  #networkIsBack(): void {
    this.#line({ isOnline: this.#link?.isOnline() ?? false })
    this.#link?.retryNow()
    void this.#lookAtStall()
    this.wake()
  }

  #wentOnline(isOnline: boolean): void {
    this.#line(isOnline ? { isOnline, trouble: undefined } : { isOnline })
    if (!isOnline) return
    void this.#readCatalogue()
    void this.#lookAtStall()
    if (!this.#hasAskedLost) void this.askLost()
    void this.#askIncoming()
    void endUnanswered(this.terminal, this.transport).then(() => this.refresh())
  }

  async #lookAtStall(): Promise<void> {
    await sendWaitingPhoto(this)
    await this.readTests()
  }

  async readTests(): Promise<void> {
    const stallTests = await readStallTests(this.terminal, this.transport).catch(() => undefined)
    if (stallTests !== undefined) this.state.set({ stallTests })
  }

  async #readCatalogue(): Promise<void> {
    const catalogue = await readCatalogue(this.terminal, this.transport).catch(() => undefined)
    if (catalogue !== undefined) this.state.set({ catalogue })
  }

  async #synced(): Promise<void> {
    this.#heardGateway({})
    await this.refresh()
  }

  /** Kept once a minute: for whoever reads it out over the phone when there is no line any more. */
  #heardGateway(changes: Partial<LineState>): void {
    this.#line({ ...changes, lastSyncAtMs: this.terminal.clock.nowMs() })
    const nowMs = this.terminal.clock.steadyMs()
    if (nowMs < this.#keepSyncAtMs) return
    this.#keepSyncAtMs = nowMs + KEEP_SYNC_MS
    const { lastSyncAtMs, clockOffsetMs } = this.state.get().line
    // A memory that fails says so at the next tap that needs it.
    void keepSynced(this.terminal, { lastSyncAtMs, clockOffsetMs }).catch(() => {})
  }

  async #heardNotice(notice: Notice): Promise<void> {
    if (notice.kind === "state") this.state.set({ standing: terminalStanding(notice.state) })
    await this.refresh()
    if (notice.kind === "purchase-offered") await this.#askIncoming()
  }

  /** From where incoming goods are, one question after the other: the first mostly answers those behind it. */
  async #askIncoming(): Promise<void> {
    const hasLearned = await this.#asking(() => askIncoming(this.terminal, this.transport)).catch(() => false)
    if (hasLearned) await this.refresh()
  }

  #hadTrouble(trouble: unknown): void {
    const code = codeOf(trouble)
    this.#line({ trouble: code })
  }
}
