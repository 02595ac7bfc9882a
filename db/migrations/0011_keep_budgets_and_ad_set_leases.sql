CREATE TABLE "ad_account_budgets" (
	"ad_account_id" text PRIMARY KEY NOT NULL,
	"points" double precision NOT NULL,
	"points_at" timestamp with time zone NOT NULL,
	"tier" text,
	"percent" double precision DEFAULT 0 NOT NULL,
	"next_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "ad_set_leases" (
	"ad_set_id" text PRIMARY KEY NOT NULL,
	"leased_by" text NOT NULL,
	"leased_until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "audiences" ADD COLUMN "former_facebook_id" text;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "mended" text[];