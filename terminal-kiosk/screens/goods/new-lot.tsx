import type { TileRow } from "../../src/store/rows"
import { changeTile } from "../../src/tiles/put-on-sale"
import { useKiosk, useWords } from "../session/use-kiosk"
import { useOnce } from "../session/use-once"

type NewLotProps = {
  readonly tile: TileRow
  readonly lot: string
  readonly declaredOrigin: string
}

/** Goods of before are on sale: they stay so until a person says that the new lot is sold from now on. */
export function NewLot({ tile, lot, declaredOrigin }: NewLotProps) {
  const kiosk = useKiosk()
  const say = useWords()
  const [isBusy, once] = useOnce()
  const sell = () =>
    once(() =>
      kiosk.attempt(async () => {
        await changeTile(kiosk.terminal, tile.slot, { lot, declaredOrigin })
        await kiosk.refreshTiles()
      }),
    )
  if (tile.lot === lot) return <p className="notice good">✓ {say("lotChanged")}</p>
  return (
    <div className="notice waiting">
      <p>? {say("lotStays")}</p>
      <button type="button" className="secondary wide" disabled={isBusy} onClick={() => void sell()}>
        {say("sellNewLot")}
      </button>
    </div>
  )
}
