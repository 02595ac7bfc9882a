CREATE TABLE "audience_stays" (
	"workspace_id" integer NOT NULL,
	"audience_id" integer NOT NULL,
	"profile_id" bigint NOT NULL,
	"control" boolean NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"until" timestamp with time zone,
	CONSTRAINT "audience_stays_audience_id_profile_id_since_pk" PRIMARY KEY("audience_id","profile_id","since")
);
--> statement-breakpoint
CREATE TABLE "withdrawals" (
	"workspace_id" integer NOT NULL,
	"profile_id" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "withdrawals_workspace_id_profile_id_pk" PRIMARY KEY("workspace_id","profile_id")
);
--> statement-breakpoint
-- What the versions before meant without saying it; later ones always say it.
ALTER TABLE "campaign_versions" ADD COLUMN "options" jsonb NOT NULL DEFAULT '{"stayDays":null,"cap":null,"controlPercent":null,"sendBy":"automatic","limitedDataUse":false,"customerFileSource":"USER_PROVIDED_ONLY","changeBrakePercent":50}';--> statement-breakpoint
ALTER TABLE "campaign_versions" ALTER COLUMN "options" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "purpose" text DEFAULT 'sync' NOT NULL;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "undoes" integer;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "excluded" integer;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "control" integer;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "over_cap" integer;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "hold_reason" text;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "released_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "send_by" text;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "replace_session" bigint;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "replace_started_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN "exclude_segments" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN "consent_property" text;--> statement-breakpoint
CREATE INDEX "audience_stays_open" ON "audience_stays" USING btree ("audience_id","profile_id") WHERE "audience_stays"."until" is null;