import type { ParticipantRegistry } from "../participants/participant-registry"
import { readParticipantRegistry } from "../participants/read-registry"
import type { Job } from "./job"

/** Organisations are few and change seldom; what is sealed meanwhile is sealed to what was read last. */
export function participantJobs(registry: ParticipantRegistry): Job[] {
  const run: Job["run"] = (ctx) => readParticipantRegistry(ctx, registry).then(() => 0)
  return [{ name: "participants/read-registry", everyMs: 10_000, run }]
}
