-- As of what a site's day was judged last: what is as it was is not judged again.
CREATE TABLE "judged_days" (
	"site_id" uuid NOT NULL,
	"day" date NOT NULL,
	"mark" text NOT NULL,
	"judged_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "judged_days_site_id_day_pk" PRIMARY KEY("site_id","day")
);
