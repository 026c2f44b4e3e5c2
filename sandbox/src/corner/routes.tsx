import { Hono } from "hono"
import type { World } from "../world"
import type { CodeSource } from "./stall-code"

export function cornerRoutes(_world: World, _source: CodeSource | undefined): Hono {
  return new Hono()
}
