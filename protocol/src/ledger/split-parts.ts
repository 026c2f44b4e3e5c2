/**
 * Origin statements and catalogues as records: one as a rule, several when one would not fit an entry
 * (docs/specs/records.md, TR-13). Snapshots, which are signed as a whole: `snapshot-parts`.
 */
import { encodeCbor } from "../codec/cbor"
import {
  type CataloguePublic,
  catalogueEntryShape,
  INFLOW_SOURCES_MAX,
  inflowShape,
  lossShape,
  type OriginStatementPublic,
  PARTS_MAX,
} from "./kinds/parts"

/** Of the items in one part: an entry of 4,096 bytes less commitments, tag and the fields around them. */
const PART_BYTES_MAX = 3_700

type WholeStatement = Omit<OriginStatementPublic, "part" | "parts">
type Item =
  | { readonly inflow: OriginStatementPublic["inflows"][number] }
  | { readonly loss: OriginStatementPublic["losses"][number] }

/** Inflows first, then losses, each in the given order; an inflow of many sources over several rows. @throws RangeError beyond 64 parts. */
export function splitOriginStatement(statement: WholeStatement): OriginStatementPublic[] {
  const { inflows, losses, ...shared } = statement
  const items: Item[] = [...inflows.flatMap(rowsOf).map((inflow) => ({ inflow })), ...losses.map((loss) => ({ loss }))]
  const groups = fillParts(items, itemBytes)
  return groups.map((group, part) => ({
    ...shared,
    part,
    parts: groups.length,
    inflows: group.flatMap((item) => ("inflow" in item ? [item.inflow] : [])),
    losses: group.flatMap((item) => ("loss" in item ? [item.loss] : [])),
  }))
}

function rowsOf(inflow: OriginStatementPublic["inflows"][number]): (typeof inflow)[] {
  const rows = Math.max(1, Math.ceil(inflow.sources.length / INFLOW_SOURCES_MAX))
  return Array.from({ length: rows }, (_, row) => {
    return { ...inflow, sources: inflow.sources.slice(row * INFLOW_SOURCES_MAX, (row + 1) * INFLOW_SOURCES_MAX) }
  })
}

function itemBytes(item: Item): number {
  return encodeCbor("inflow" in item ? inflowShape.write(item.inflow) : lossShape.write(item.loss)).length
}

/** @param entries by ascending code. @throws RangeError for none, or beyond 64 parts. */
export function splitCatalogue(version: number, entries: CataloguePublic["entries"]): CataloguePublic[] {
  if (entries.length === 0) throw new RangeError("a catalogue names something")
  const groups = fillParts(entries, (entry) => encodeCbor(catalogueEntryShape.write(entry)).length)
  return groups.map((group, part) => ({ version, part, parts: groups.length, entries: group }))
}

/** At least one group, even of nothing. */
function fillParts<T>(items: readonly T[], bytesOf: (item: T) => number): T[][] {
  let group: T[] = []
  const groups = [group]
  let filledBytes = 0
  for (const item of items) {
    const length = bytesOf(item)
    if (filledBytes + length > PART_BYTES_MAX) {
      group = []
      groups.push(group)
      filledBytes = 0
    }
    group.push(item)
    filledBytes += length
  }
  if (groups.length > PARTS_MAX) throw new RangeError(`${groups.length} parts are more than ${PARTS_MAX}`)
  return groups
}
