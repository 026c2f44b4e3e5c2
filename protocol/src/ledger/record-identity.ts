/**
 * The record id that a record's own public section gives. Whoever reads a record recomputes it, so that one signed
 * sale cannot stand in a log under two names (docs/specs/records.md, TR-5, TR-6).
 */
import { equalBytes } from "../codec/bytes"
import { parseGoodsPart } from "../terminal/pay-code"
import { seconds2024ToMs, utcDayOf } from "../units/instant"
import { BINDING_ACTIONS } from "./kinds/binding"
import {
  audienceKeyKey,
  bindingKey,
  catalogueKey,
  originStatementKey,
  recallStepKey,
  recordDay,
  recordId,
  saleKey,
  snapshotKey,
  uuidKey,
  voidKey,
} from "./record-id"
import type { OpenedRecord } from "./record-types"

/** `undefined` where the key is an id that the section does not show (refund, arrival, inspection, …). */
export function naturalKeyOf(record: OpenedRecord): Uint8Array | undefined {
  switch (record.kind) {
    case "sale": {
      const goods = parseGoodsPart(record.public.goodsPart)
      return goods.ok ? saleKey(goods.value.terminal, goods.value.counter) : undefined
    }
    case "void":
      return voidKey(record.public.voidOf)
    case "harvest":
      return uuidKey(record.public.lot)
    case "snapshot":
      return snapshotKey(record.public.hash, record.public.part)
    case "catalogue":
      return catalogueKey(record.public.version, record.public.part)
    case "origin-statement": {
      const { pileAlias, businessDay, version, part } = record.public
      return originStatementKey(pileAlias, businessDay, version, part)
    }
    case "recall-step":
      return recallStepKey(record.public.recall, record.public.step)
    case "binding":
      return bindingKey(record.public.binding, BINDING_ACTIONS[record.public.action])
    case "audience-key": {
      const { log, day, section, organisations, wraps } = record.public
      const recipients = wraps.map((wrap) => wrap.organisation)
      return audienceKeyKey({ log, day, section, organisations, recipients })
    }
    default:
      return undefined
  }
}

/** UTC day that the id starts with, for the kinds whose section fixes it. */
export function dayOf(record: OpenedRecord): number | undefined {
  switch (record.kind) {
    case "sale": {
      // The day of issue, which the terminal signed: the learned clock offset may differ after a rebuild.
      const goods = parseGoodsPart(record.public.goodsPart)
      return goods.ok ? utcDayOf(seconds2024ToMs(goods.value.issuedAtSeconds)) : undefined
    }
    case "origin-statement":
      return record.public.businessDay
    case "binding":
    case "recall-step":
      return utcDayOf(seconds2024ToMs(record.public.atSeconds))
    case "audience-key":
      return record.public.day
    default:
      return undefined
  }
}

/** Whether `id` can be the id of `record`, as far as its public section tells. */
export function hasRecordId(record: OpenedRecord, id: Uint8Array): boolean {
  const key = naturalKeyOf(record)
  if (key === undefined) return true
  const day = dayOf(record) ?? recordDay(id)
  return equalBytes(recordId(record.kind, day, key), id)
}
