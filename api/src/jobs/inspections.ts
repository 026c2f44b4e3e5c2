import { collectCertificates } from "../certificates/collect-certificates"
import { findSources } from "../inspections/find-sources"
import { proposeRecalls } from "../inspections/propose-recalls"
import type { Job } from "./job"

/** Two gateways may find out the same: it is the same. */
export const inspectionJobs: Job[] = [
  { name: "inspections/propose-recalls", everyMs: 2_000, run: proposeRecalls },
  { name: "certificates/collect", everyMs: 5_000, run: collectCertificates },
  { name: "inspections/find-sources", everyMs: 10_000, run: findSources },
]
