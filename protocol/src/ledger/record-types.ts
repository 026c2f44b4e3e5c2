/** Records as typed objects; their bytes: `record`. */
import type { AudienceKeyPublic } from "./kinds/audience-key"
import type { BindingPublic } from "./kinds/binding"
import type { CertificatePublic, InspectionPublic } from "./kinds/checks"
import type { CataloguePublic, OriginStatementPublic, SnapshotPublic } from "./kinds/parts"
import type { RecallStepPublic } from "./kinds/recall"
import type {
  RefundCommercial,
  RefundPersonal,
  RefundPublic,
  SaleCommercial,
  SalePersonal,
  SalePublic,
  VoidPublic,
} from "./kinds/sale"
import type { ArrivalPublic, HarvestPublic, OutsideGoodsPublic, StockTakePublic, WastePublic } from "./kinds/stock"
import type { RecordKind } from "./record-kind"

interface PublicRecord<Kind extends RecordKind, Public> {
  readonly kind: Kind
  readonly public: Public
}

export interface SaleRecord extends PublicRecord<"sale", SalePublic> {
  readonly commercial: SaleCommercial
  /** Only a platform's payment has one, and it may have been forgotten. */
  readonly personal?: SalePersonal | undefined
}

export interface RefundRecord extends PublicRecord<"refund", RefundPublic> {
  readonly commercial: RefundCommercial
  readonly personal?: RefundPersonal | undefined
}

/** Kinds without a commercial and a personal section. */
export type OpenRecord =
  | PublicRecord<"harvest", HarvestPublic>
  | PublicRecord<"outside-goods", OutsideGoodsPublic>
  | PublicRecord<"waste", WastePublic>
  | PublicRecord<"stock-take", StockTakePublic>
  | PublicRecord<"void", VoidPublic>
  | PublicRecord<"arrival", ArrivalPublic>
  | PublicRecord<"snapshot", SnapshotPublic>
  | PublicRecord<"catalogue", CataloguePublic>
  | PublicRecord<"binding", BindingPublic>
  | PublicRecord<"inspection", InspectionPublic>
  | PublicRecord<"certificate", CertificatePublic>
  | PublicRecord<"origin-statement", OriginStatementPublic>
  | PublicRecord<"recall-step", RecallStepPublic>
  | PublicRecord<"audience-key", AudienceKeyPublic>

export type LedgerRecord = SaleRecord | RefundRecord | OpenRecord

/** As a reader has it who was not given every section. */
export type OpenedRecord = Partially<SaleRecord> | Partially<RefundRecord> | OpenRecord
type Partially<R extends SaleRecord | RefundRecord> = Omit<R, "commercial"> & {
  readonly commercial?: R["commercial"] | undefined
}

export type WrittenKind = LedgerRecord["kind"]
