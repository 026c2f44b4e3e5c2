// What goes wrong on the straight line, and what must be true afterwards. Data for people: the test files of this folder
// run every row on real engines, and docs/faults.md is written from it.

export const steps = [
  "scan",
  "pay",
  "platform create",
  "notification",
  "query",
  "close",
  "refund",
  "settle",
  "photo",
  "upload",
  "broker",
  "record",
  "seal",
  "submit",
  "anchor",
  "confirm",
  "acknowledge",
  "recall",
  "login",
  "leave",
  "share",
  "report",
  "join",
  "forget",
] as const

export type FaultRow = {
  readonly step: (typeof steps)[number]
  readonly fault: string
  readonly expected: string
  /** Run on WeChat Pay and on Alipay. */
  readonly each?: "platform"
}

/** By test file (`<name>.test.ts`), and in it by the name of the run. */
export const table = {
  /** The gateway as a process, killed with -9 when what stands in the database, at a platform or on the chain says "now". */
  killed: {
    afterScan: {
      step: "scan",
      fault: "gateway killed after the scan, before the tap",
      expected: "a scan stored nothing; the tap opens one attempt at the gateway that comes back",
    },
    beforeAttempt: {
      step: "pay",
      fault: "gateway killed while it stores the attempt",
      expected: "nothing was sent; the next tap stores one attempt, which is paid once",
    },
    beforeCreate: {
      step: "platform create",
      fault: "gateway killed when its order has not reached the platform",
      expected: "the stored number is sent again; one order, one payment",
    },
    afterCreate: {
      step: "platform create",
      fault: "gateway killed when the platform has the order and its answer is on the way",
      expected: "the stored number finds the same order; one payment",
    },
    beforeNotification: {
      step: "notification",
      fault: "gateway killed between the buyer's payment and the platform's word of it",
      expected: "told again by the platform, or found by a query; settled once",
    },
    whileSettling: {
      step: "settle",
      fault: "gateway killed in the transaction that settles",
      expected: "all of it is undone; told again, it settles once",
    },
    beforeTelling: {
      step: "acknowledge",
      fault: "gateway killed with the payment settled and its messages not sent",
      expected: "the outbox kept them; terminal and buyer hear",
    },
    whileQuerying: {
      step: "query",
      fault: "gateway killed while a platform considers its query",
      expected: "due again when the claim runs out; settled",
    },
    beforeClose: {
      step: "close",
      fault: "gateway killed when its close has not reached the platform",
      expected: "closed after the claim, at the platform too",
    },
    afterClose: {
      step: "close",
      fault: "gateway killed when the platform has closed and its answer is on the way",
      expected: "a query finds it closed",
    },
    beforeRefund: {
      step: "refund",
      fault: "gateway killed when its refund has not reached the platform",
      expected: "sent again under its number; paid back once",
    },
    afterRefund: {
      step: "refund",
      fault: "gateway killed when the platform has the refund and its answer is on the way",
      expected: "sent again under its number, which is the same refund; paid back once",
    },
    whileQueryingRefund: {
      step: "refund",
      fault: "gateway killed while it asks after a refund",
      expected: "asked again; paid back once",
    },
    betweenPaymentAndUpload: {
      step: "record",
      fault: "gateway killed with a sale paid and its upload not there",
      expected: "the upload completes the trade; one record",
    },
    whileRecording: {
      step: "upload",
      fault: "gateway killed in the transaction that takes an upload in",
      expected: "not acknowledged; sent again and recorded once",
    },
    beforeAcknowledgement: {
      step: "acknowledge",
      fault: "gateway killed between an upload's commit and its acknowledgement",
      expected: "sent again, found with the same bytes, acknowledged; one record",
    },
    whileSealing: {
      step: "seal",
      fault: "gateway killed in the transaction that stores a batch",
      expected: "no batch; the next sealer seals the same records once",
    },
    beforeSubmit: {
      step: "submit",
      fault: "gateway killed with a batch sealed and nothing handed to the chain",
      expected: "the sealed bytes are submitted by the next one; anchored once",
    },
    beforeBlock: {
      step: "anchor",
      fault: "gateway killed with its transaction in the node's pool",
      expected: "the block comes without it; anchored once",
    },
    beforeConfirm: {
      step: "confirm",
      fault: "gateway killed with the batch in a block and not marked",
      expected: "found in the log by its head, and marked",
    },
  },

  /** Engines taken away for seconds, with the gateway running. */
  outages: {
    brokerDown: {
      step: "broker",
      fault: "broker stopped and started again, sold and paid meanwhile",
      expected: "phones pay as ever; terminals upload and hear when it is back",
    },
    brokerSilent: {
      step: "broker",
      fault: "broker alive and silent",
      expected: "phones pay as ever; no database transaction waits for it; terminals hear when it speaks",
    },
    startWithoutBroker: {
      step: "broker",
      fault: "gateway started while the broker is down",
      expected: "it takes payments, is not ready, and says which part is missing; ready when the broker is there",
    },
    databaseRestarted: {
      step: "settle",
      fault: "database restarted (fast) while stalls sell and phones pay",
      expected: "calls fail meanwhile and change nothing by half; all of it is done after",
    },
    backendKilled: {
      step: "settle",
      fault: "a database backend killed with -9 while stalls sell and phones pay",
      expected: "the database recovers by itself; all of it is done after",
    },
    eventsAfterRestart: {
      step: "acknowledge",
      fault: "database restarted while a buyer waits for an event",
      expected: "the gateway listens again; the event of the payment arrives",
    },
    platformsDown: {
      step: "platform create",
      fault: "both payment platforms down and back",
      expected: "unknown, never failed: the same number goes through when they are back",
      each: "platform",
    },
    chainDown: {
      step: "submit",
      fault: "chain stopped and started again",
      expected: "selling and paying go on; records wait and are anchored once",
    },
    chainSilent: {
      step: "submit",
      fault: "chain node alive and silent",
      expected: "as when it is down",
    },
    transactionDropped: {
      step: "anchor",
      fault: "the node drops the transaction of a batch",
      expected: "the same transaction is handed in again; anchored once",
    },
    chainWentBack: {
      step: "confirm",
      fault: "the chain loses its last seconds: started from an older state",
      expected: "what was anchored is sealed again and submitted again, the same bytes; each record on the chain once",
    },
    clockAhead: {
      step: "scan",
      fault: "terminal's clock 3 h ahead",
      expected:
        "refused as too early until the next hello teaches the offset; then paid; set right again, paid as well; nothing lost",
    },
    clockBehind: {
      step: "scan",
      fault: "terminal's clock set back by 3 h",
      expected:
        "its own time goes on from what it signed last: its codes are paid as before; set right again as well; nothing lost",
    },
    shuffledUploads: {
      step: "upload",
      fault: "10,000 duplicated and reordered uploads of 300 sales through the broker",
      expected: "each sale and record once, each upload acknowledged as stored",
    },
  },

  /** What a phone brings that it should not bring, or a thousand times at once. */
  codes: {
    altered: {
      step: "scan",
      fault: "a code with a digit altered",
      expected: "refused by scan and by payment, whatever digit",
    },
    forged: {
      step: "scan",
      fault: "a code signed by another key",
      expected: "pay-code/bad-signature",
    },
    twin: {
      step: "scan",
      fault: "the P-256 twin (n − s) of a true signature",
      expected: "pay-code/bad-signature, although it verifies mathematically",
    },
    otherBytes: {
      step: "scan",
      fault: "other goods under the number of a known sale",
      expected: "sale/other-bytes; one sale, and an alarm when somebody wants to pay it",
    },
    replayed: {
      step: "scan",
      fault: "a code shown again after it was paid",
      expected: "every payer is told that it is paid; nothing opens",
    },
    thousandScans: {
      step: "scan",
      fault: "1,000 scans of one code at once",
      expected: "the same page a thousand times; nothing is written",
    },
    hundredTaps: {
      step: "pay",
      fault: "100 taps of one payer at once",
      expected: "one sale, one attempt, one order",
    },
    givenUpUnsaid: {
      step: "pay",
      fault: "the request by which a phone says that its wallet gave up is lost",
      expected: "the terminal hears nothing; the code stays payable and is paid once",
    },
    givenUpUnanswered: {
      step: "pay",
      fault: "the answer to a phone that says that its wallet gave up is lost",
      expected: "said again it is told once; no money changed, and a later payment counts",
    },
    fiftyPayers: {
      step: "pay",
      fault: "50 payers of one code at once, on both platforms",
      expected: "one settlement; every other order closed or its money sent back; every payer told",
    },
  },

  /** Every call to a platform lost on its way, and what it makes of its answers. */
  platforms: {
    createLostRequest: {
      step: "platform create",
      fault: "request lost",
      expected: "unknown, sent again under its number, paid once",
      each: "platform",
    },
    createLostResponse: {
      step: "platform create",
      fault: "answer lost",
      expected: "unknown, found under its number, paid once",
      each: "platform",
    },
    createSystemError: {
      step: "platform create",
      fault: "the platform's SYSTEM_ERROR",
      expected: "unknown, sent again under its number, paid once",
      each: "platform",
    },
    createAskedAgain: {
      step: "platform create",
      fault: "answer lost, and the payer taps again at once",
      expected: "open: the payer need not wait for the schedule",
      each: "platform",
    },
    createNeverArrives: {
      step: "platform create",
      fault: "no request ever arrives",
      expected: "closed at expiry, attempt and sale",
      each: "platform",
    },
    notificationFirst: {
      step: "notification",
      fault: "notification before the answer to the create",
      expected: "settled once; the tap is answered with paid",
      each: "platform",
    },
    notificationRepeated: {
      step: "notification",
      fault: "told twice, and again after our answer got lost",
      expected: "one settlement",
      each: "platform",
    },
    queryLostRequest: {
      step: "query",
      fault: "request lost, no notification",
      expected: "asked again on the schedule; settled",
      each: "platform",
    },
    queryLostResponse: {
      step: "query",
      fault: "answer lost, no notification",
      expected: "asked again on the schedule; settled",
      each: "platform",
    },
    querySystemError: {
      step: "query",
      fault: "the platform's SYSTEM_ERROR, no notification",
      expected: "asked again on the schedule; settled",
      each: "platform",
    },
    closeLostRequest: {
      step: "close",
      fault: "request lost",
      expected: "only a query ends the attempt; closed at the platform",
      each: "platform",
    },
    closeLostResponse: {
      step: "close",
      fault: "answer lost",
      expected: "only a query ends the attempt; closed at the platform",
      each: "platform",
    },
    closeSystemError: {
      step: "close",
      fault: "the platform's SYSTEM_ERROR",
      expected: "only a query ends the attempt; closed at the platform",
      each: "platform",
    },
    paidAfterClose: {
      step: "close",
      fault: "paid although it was closed",
      expected: "the money goes back by itself",
      each: "platform",
    },
    refundLostRequest: {
      step: "refund",
      fault: "request lost",
      expected: "unknown, repeated under its number, paid back once",
      each: "platform",
    },
    refundLostResponse: {
      step: "refund",
      fault: "answer lost",
      expected: "unknown, repeated under its number, paid back once",
      each: "platform",
    },
    refundSystemError: {
      step: "refund",
      fault: "the platform's SYSTEM_ERROR",
      expected: "unknown, repeated under its number, paid back once",
      each: "platform",
    },
    refundToldFirst: {
      step: "refund",
      fault: "its notification before its answer",
      expected: "counted once",
      each: "platform",
    },
    refundQueryLostRequest: {
      step: "refund",
      fault: "accepted, then silence, and the query lost",
      expected: "a later query finds its end",
      each: "platform",
    },
    refundQueryLostResponse: {
      step: "refund",
      fault: "accepted, then silence, and the query's answer lost",
      expected: "a later query finds its end",
      each: "platform",
    },
    preparedOnly: {
      step: "pay",
      fault: "a stop between storing a number and sending it",
      expected: "the payer's next tap, or the schedule, sends it",
      each: "platform",
    },
    twoPayers: {
      step: "settle",
      fault: "two payers on two platforms; queries, refunds and notifications lost",
      expected: "one pays, the other gets the money back",
    },
    queriedWrongAmount: {
      step: "query",
      fault: "the platform's query tells another amount than was asked",
      expected: "settles nothing, an alarm, and the money goes back whole",
      each: "platform",
    },
  },

  /** Messages that claim to come from a platform. */
  notifications: {
    taken: {
      step: "notification",
      fault: "the same message twice at once",
      expected: "one settlement, both answered as taken",
      each: "platform",
    },
    changedByte: {
      step: "notification",
      fault: "a byte changed, or no signature at all",
      expected: "401 and FAIL; nothing changes",
      each: "platform",
    },
    wrongSignature: {
      step: "notification",
      fault: "signed by another key",
      expected: "401 and FAIL; nothing changes",
      each: "platform",
    },
    flippedCiphertext: {
      step: "notification",
      fault: "one bit of the ciphertext flipped, signed again (WeChat Pay)",
      expected: "not decrypted, 401 and FAIL; nothing changes",
    },
    stale: {
      step: "notification",
      fault: "a true message, ten minutes old (WeChat Pay)",
      expected: "401 and FAIL; nothing changes",
    },
    signTest: {
      step: "notification",
      fault: "the platform's probe signature WECHATPAY/SIGNTEST/",
      expected: "401 and FAIL; the true message that follows is taken",
    },
    otherAmount: {
      step: "notification",
      fault: "signed by the platform, for another amount",
      expected: "settles nothing, an alarm, and the money goes back whole",
      each: "platform",
    },
    otherPayee: {
      step: "notification",
      fault: "signed by the platform, for another payee",
      expected: "refused with an alarm; nothing changes",
      each: "platform",
    },
    otherApp: {
      step: "notification",
      fault: "signed by the platform, for another app or a number that is not ours",
      expected: "refused; nothing changes",
      each: "platform",
    },
    endless: {
      step: "notification",
      fault: "an endless body",
      expected: "413 before it is read",
      each: "platform",
    },
  },

  /** The ledger's verbs on a chain of their own, every call to a node lost before and after. */
  ledger: {
    sealedOnly: {
      step: "seal",
      fault: "a stop after sealing, before anything was signed",
      expected: "the sealed batch is anchored",
    },
    whileSealing: {
      step: "seal",
      fault: "sealing fails in the middle",
      expected: "nothing of the batch is stored; the next seals them all",
    },
    lostLease: {
      step: "seal",
      fault: "a sealer goes on after its lease was lost",
      expected: "it stores nothing, sends nothing; the other seals",
    },
    sealersAtOnce: {
      step: "seal",
      fault: "three sealers at once with one lease",
      expected: "every record is sealed once",
    },
    unknownOrganisation: {
      step: "seal",
      fault: "a record concerns an organisation that the chain does not know",
      expected: "it waits alone until the chain does",
    },
    keysFirst: {
      step: "seal",
      fault: "650 records wait when a new day needs its keys",
      expected: "the key records go first, in a batch of their own",
    },
    manyConcerned: {
      step: "seal",
      fault: "records that concern more organisations together than the contract takes",
      expected: "two batches, each within the limit",
    },
    headAtLostRequest: {
      step: "submit",
      fault: "a look at the log's head: request lost",
      expected: "anchored once after the restart, with the sealed bytes",
    },
    headAtLostResponse: {
      step: "submit",
      fault: "a look at the log's head: response lost",
      expected: "anchored once after the restart, with the sealed bytes",
    },
    signAppendLostRequest: {
      step: "submit",
      fault: "signing: request lost",
      expected: "anchored once after the restart, with the sealed bytes",
    },
    signAppendLostResponse: {
      step: "submit",
      fault: "signing: response lost",
      expected: "anchored once after the restart, with the sealed bytes",
    },
    sendLostRequest: {
      step: "submit",
      fault: "handing a transaction to the node: request lost",
      expected: "anchored once after the restart, with the sealed bytes",
    },
    sendLostResponse: {
      step: "submit",
      fault: "handing a transaction to the node: response lost",
      expected: "anchored once after the restart, with the sealed bytes",
    },
    signedOnly: {
      step: "submit",
      fault: "a stop after the signed transaction was stored, before it was sent",
      expected: "the same transaction is sent",
    },
    noNode: {
      step: "submit",
      fault: "no node answers",
      expected: "records wait, and go when one does",
    },
    anchorsAtOnce: {
      step: "submit",
      fault: "three processes submit at once",
      expected: "anchored once",
    },
    sentAgain: {
      step: "submit",
      fault: "the same batch sent again, with its nonce and with a fresh one",
      expected: "the contract's log stays as it is",
    },
    nonceUsedUp: {
      step: "submit",
      fault: "the nonce of a signed batch is used up by another transaction",
      expected: "signed anew over the same payload",
    },
    contractRefuses: {
      step: "submit",
      fault: "the consortium suspends the log",
      expected: "nothing is sent, the contract's reason is told; goes on when it is resumed",
    },
    lostOnTheWay: {
      step: "anchor",
      fault: "the chain loses blocks while a batch is on its way",
      expected: "sent again after some seconds of silence",
    },
    minedOnly: {
      step: "confirm",
      fault: "a stop after the block, before the batch is marked",
      expected: "marked after the restart",
    },
    blocksLost: {
      step: "confirm",
      fault: "the chain loses blocks with anchored batches",
      expected: "the same bytes are submitted again; earlier proofs hold again",
    },
    noProofMeanwhile: {
      step: "confirm",
      fault: "a proof is asked for while its batch is lost",
      expected: "ledger/not-anchored",
    },
    finalDepth: {
      step: "confirm",
      fault: "a block that others may still replace",
      expected: "counts only below CHAIN_FINAL_DEPTH",
    },
    foreignBytes: {
      step: "confirm",
      fault: "the log holds bytes that this gateway did not write",
      expected: "it stops, says so and sends nothing",
    },
  },

  /** Two gateways on one database and one broker. */
  "two-gateways": {
    oneKilled: {
      step: "acknowledge",
      fault: "one of two gateways killed under load",
      expected:
        "the other has its shards and its log within a lease; nothing doubles, nothing claimed waits longer than its claim",
    },
    eventsSurvive: {
      step: "acknowledge",
      fault: "the gateway that was told of a payment is not the one where the buyer waits, and then one is killed",
      expected: "the event arrives at the gateway that lives",
    },
    sleeperFenced: {
      step: "seal",
      fault: "the holder of a log sleeps through its lease and wakes",
      expected: "it writes nothing: the other's fence stands, each record in one batch",
    },
  },

  /** A recall's steps, each where it crosses a process: person, database, broker, platform, chain. */
  recalls: {
    approvalLostRequest: {
      step: "recall",
      fault: "gateway killed in the transaction that approves",
      expected: "not approved; asked again it is, with one step and one record",
    },
    approvalLostResponse: {
      step: "recall",
      fault: "approved, and the person never hears it",
      expected: "asked again with the same digest it is success; one step",
    },
    activationLostRequest: {
      step: "recall",
      fault: "gateway killed in the transaction that puts it in force",
      expected: "no hold, no notice, no record of it; asked again there is each of them, once",
    },
    activationLostResponse: {
      step: "recall",
      fault: "put in force, and the person never hears it",
      expected: "asked again it is success; one step, one notice a buyer, one list of holds",
    },
    holdLostRequest: {
      step: "recall",
      fault: "gateway killed with the hold in its outbox, the broker silent",
      expected: "the outbox kept it: the terminal refuses the goods when the broker speaks",
    },
    holdLostResponse: {
      step: "recall",
      fault: "gateway killed when the terminal has the hold and the outbox does not know",
      expected: "told again, the same version: one list, and the stall is counted as told",
    },
    noticeLostRequest: {
      step: "recall",
      fault: "a buyer's message lost on its way to the platform",
      expected: "unknown, tried again; the buyer is told once",
    },
    noticeLostResponse: {
      step: "recall",
      fault: "a buyer's message at the platform, and its answer lost",
      expected: "unknown, tried again: told, perhaps twice, never not at all",
    },
    noticeKilled: {
      step: "recall",
      fault: "gateway killed when its message has not reached the platform",
      expected: "unknown from before it was sent; taken up by the next one, the buyer is told",
    },
    recordNotSealed: {
      step: "recall",
      fault: "gateway killed while a step's record is being sealed",
      expected: "every step stands on the chain once, in the order in which it was made",
    },
    extensionLost: {
      step: "recall",
      fault: "gateway killed in the transaction that extends it to a late sale",
      expected: "not extended; asked again it is, and the late buyer is listed",
    },
    endLost: {
      step: "recall",
      fault: "gateway killed in the transaction that closes it",
      expected: "still held; asked again it is closed once and the stall sells again",
    },
  },

  /** What a buyer does beside paying: between phone and gateway, and between the gateway and the platform. */
  buyers: {
    loginLostRequest: {
      step: "login",
      fault: "a phone's login lost on its way to the gateway",
      expected: "nobody is made; the next one, with a code of its own, is one buyer",
    },
    loginLostResponse: {
      step: "login",
      fault: "logged in, and the phone never hears it",
      expected: "the next login is the same buyer",
    },
    codeLostRequest: {
      step: "login",
      fault: "the gateway's question whose code it is, lost on its way to the platform",
      expected: "unavailable and nobody made; the next code is one buyer",
    },
    codeLostResponse: {
      step: "login",
      fault: "the code used at the platform, and its answer lost",
      expected: "unavailable, never a stranger; the next code is one buyer",
    },
    leaveLostRequest: {
      step: "leave",
      fault: "a leave for a message lost on its way to the gateway",
      expected: "kept on the phone and told again; one leave",
    },
    leaveLostResponse: {
      step: "leave",
      fault: "a leave noted, and the phone never hears it",
      expected: "told again by its id; one leave",
    },
    shareLostRequest: {
      step: "share",
      fault: "a share lost on its way to the gateway",
      expected: "none is there; the next press makes one",
    },
    shareLostResponse: {
      step: "share",
      fault: "a share made, and the phone never hears its id",
      expected: "the next press finds it; one share",
    },
    takeBackLostRequest: {
      step: "share",
      fault: "taking a share back lost on its way to the gateway",
      expected: "it opens still, and the page says that it was not done; the next press ends it",
    },
    takeBackLostResponse: {
      step: "share",
      fault: "a share taken back, and the phone never hears it",
      expected: "it opens for nobody; the next press is success",
    },
    reportLostRequest: {
      step: "report",
      fault: "a report lost on its way to the gateway",
      expected: "its id is kept on the phone; sent again, one report",
    },
    reportLostResponse: {
      step: "report",
      fault: "a report stored, and the phone never hears it",
      expected: "sent again by its id; one report",
    },
    photoLostRequest: {
      step: "report",
      fault: "a report's photo lost on its way to the gateway",
      expected: "the report stands; the photo is sent again, once",
    },
    photoLostResponse: {
      step: "report",
      fault: "a report's photo stored, and the phone never hears it",
      expected: "the same photo in its place again is success; one photo",
    },
    joinLostRequest: {
      step: "join",
      fault: "offering, typing, a yes and the other yes, each lost once on its way to the gateway",
      expected: "each done again; one join, and each sees what the other bought",
    },
    joinLostResponse: {
      step: "join",
      fault: "offering, typing, a yes and the other yes, each done and unheard once",
      expected: "an unheard code is replaced; the rest again is success; one join",
    },
    joinEndLostRequest: {
      step: "join",
      fault: "undoing a join lost on its way to the gateway",
      expected: "still joined; undone by the next press",
    },
    joinEndLostResponse: {
      step: "join",
      fault: "a join undone, and the phone never hears it",
      expected: "each sees its own alone; again is success",
    },
    forgetLostRequest: {
      step: "forget",
      fault: "deleting one's data lost on its way to the gateway",
      expected: "all of it is there; the phone asks again by the id that it kept, and it is gone",
    },
    forgetLostResponse: {
      step: "forget",
      fault: "one's data deleted with its session, and the phone never hears it",
      expected: "asked again by its id, without a session: the same counts, done once",
    },
  },

  /** A stall's tablet: its core on a disk of its own. */
  photos: {
    stallLostRequest: {
      step: "photo",
      fault: "a photo of the stall lost on its way to the gateway",
      expected: "it waits on the tablet, and goes with the next line",
    },
    stallLostResponse: {
      step: "photo",
      fault: "a photo of the stall stored, and the tablet never hears it",
      expected: "sent again, it is the same photo; gone from the tablet by then",
    },
    stallKilledTab: {
      step: "photo",
      fault: "the tab killed when the gateway has the stall's photo and the tablet has not heard",
      expected: "it is still on the disk; sent again when the tablet is opened, it is the same photo",
    },
    testLostRequest: {
      step: "photo",
      fault: "the photo of a rapid test lost on its way to the gateway",
      expected: "no test is entered by itself; entered without the photo, it stands",
    },
    testLostResponse: {
      step: "photo",
      fault: "the photo of a rapid test stored, and the tablet never hears it",
      expected: "sent again, it is the same photo; one test, which names it",
    },
    testKilledTab: {
      step: "photo",
      fault: "the tab killed when the gateway has a test's photo and the test is not entered",
      expected: "no test; entered anew with the same photo, one test and one photo",
    },
  },

  /** Outages of minutes: in `npm run test:long`. */
  long: {
    minutesOfEverything: {
      step: "broker",
      fault: "broker, chain and platforms away together for two minutes, then the database for one",
      expected: "what was sold meanwhile is uploaded, paid for and anchored, once",
    },
    soak: {
      step: "settle",
      fault: "ten minutes of load with random faults (npm run soak)",
      expected: "every identity holds",
    },
  },
} as const satisfies Record<string, Record<string, FaultRow>>

export type FaultTable = typeof table
