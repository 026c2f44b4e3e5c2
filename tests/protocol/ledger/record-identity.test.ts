import { describe, expect, test } from "bun:test"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { keccak256 } from "@suyuan/protocol/ledger/keccak"
import { audienceKeyKey, recordDay, recordId, saleKey, uuidKey } from "@suyuan/protocol/ledger/record-id"
import { hasRecordId } from "@suyuan/protocol/ledger/record-identity"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import { filled, saleDay, sampleSale, sampleSaleId, terminal } from "../../samples/ledger"
import { sampleRecordId, sampleRecords } from "../../samples/records"

describe("record id", () => {
  test("[TR-5] is the day and the first 14 bytes of keccak256 of kind and natural key", () => {
    const id = recordId("sale", 0x4fcd, saleKey(terminal, 1_001))
    const key = Uint8Array.from([RECORD_KINDS.sale, 0x01, 0, 0, 0, 0x2a, 0, 0, 0x03, 0xe9])
    expect(toHex(id)).toBe(`4fcd${toHex(keccak256(key)).slice(0, 28)}`)
    expect(recordDay(id)).toBe(0x4fcd)
  })

  test("[TR-5] differs by kind, key and day, and refuses a day beyond 16 bits", () => {
    const key = uuidKey("018f3c5e-0000-7000-8000-000000000001")
    const ids = [recordId("refund", 1, key), recordId("harvest", 1, key), recordId("refund", 2, key)].map(toHex)
    expect(new Set(ids).size).toBe(3)
    expect(() => recordId("refund", 0x1_0000, key)).toThrow(RangeError)
  })

  test("[TR-5] of an audience key tells organisations from recipients", () => {
    const name = { log: 7, day: saleDay, section: "commercial" } as const
    const a = audienceKeyKey({ ...name, organisations: [2, 5], recipients: [9] })
    const b = audienceKeyKey({ ...name, organisations: [2], recipients: [5, 9] })
    expect(toHex(a)).not.toBe(toHex(b))
  })

  test("[TR-6] is recomputed from the public section where that shows the key", () => {
    for (const record of sampleRecords) {
      const id = sampleRecordId(record)
      expect(hasRecordId(record, id)).toBe(true)
      const unnamed = ["outside-goods", "arrival", "inspection", "certificate", "refund", "waste", "stock-take"]
      const shown = !unnamed.includes(record.kind)
      const other = Uint8Array.from(id)
      other[15]! ^= 1
      expect(hasRecordId(record, other)).toBe(!shown)
    }
  })

  test("[TR-6] of a sale carries the day of issue, not another one", () => {
    expect(hasRecordId(sampleSale(), sampleSaleId())).toBe(true)
    expect(hasRecordId(sampleSale(), recordId("sale", saleDay + 1, saleKey(terminal, 1_001)))).toBe(false)
    expect(hasRecordId(sampleSale(), sampleSaleId(1_002))).toBe(false)
    expect(hasRecordId(sampleSale(), filled(16, 0))).toBe(false)
  })
})
