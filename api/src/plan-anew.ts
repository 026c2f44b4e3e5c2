import { sql } from "drizzle-orm"

export const planAnewMark = "/* plan anew */"

/**
 * At the head of a statement that is planned each time. A prepared plan is as old as its tables' statistics: where a day's
 * partition was empty it is read through as a whole, row by row, until somebody analyses it, which on a busy morning is a
 * minute and a hundred thousand rows later. For rare statements on tables that grow.
 */
export const planAnew = sql.raw(`${planAnewMark} `)
