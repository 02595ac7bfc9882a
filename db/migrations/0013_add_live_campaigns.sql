CREATE TABLE "live_arrivals" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "live_arrivals_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"workspace_id" integer NOT NULL,
	"profile_id" bigint NOT NULL,
	"event_id" integer NOT NULL,
	"time" timestamp with time zone NOT NULL,
	"amount" double precision,
	"label" text,
	"properties" jsonb NOT NULL,
	"arrived_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "live_events" (
	"workspace_id" integer NOT NULL,
	"name" text NOT NULL,
	"campaign_id" uuid NOT NULL,
	CONSTRAINT "live_events_workspace_id_name_campaign_id_pk" PRIMARY KEY("workspace_id","name","campaign_id")
);
--> statement-breakpoint
CREATE TABLE "live_scans" (
	"audience_id" integer PRIMARY KEY NOT NULL,
	"scanned_until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "live_stays" (
	"workspace_id" integer NOT NULL,
	"audience_id" integer NOT NULL,
	"profile_id" bigint NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"until" timestamp with time zone NOT NULL,
	CONSTRAINT "live_stays_audience_id_profile_id_pk" PRIMARY KEY("audience_id","profile_id")
);
--> statement-breakpoint
CREATE TABLE "live_touched" (
	"workspace_id" integer NOT NULL,
	"audience_id" integer NOT NULL,
	"profile_id" bigint NOT NULL,
	CONSTRAINT "live_touched_audience_id_profile_id_pk" PRIMARY KEY("audience_id","profile_id")
);
--> statement-breakpoint
CREATE TABLE "live_wakes" (
	"workspace_id" integer NOT NULL,
	"audience_id" integer NOT NULL,
	"profile_id" bigint NOT NULL,
	"from_time" timestamp with time zone NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	CONSTRAINT "live_wakes_audience_id_profile_id_pk" PRIMARY KEY("audience_id","profile_id")
);
--> statement-breakpoint
ALTER TABLE "campaign_versions" DROP CONSTRAINT "campaign_versions_one_source";--> statement-breakpoint
ALTER TABLE "campaign_versions" ADD COLUMN "trigger" jsonb;--> statement-breakpoint
ALTER TABLE "campaign_versions" ADD COLUMN "exit" jsonb;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "live" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "live_events" ADD CONSTRAINT "live_events_campaign_id_campaigns_id_fk" FOREIGN KEY ("campaign_id") REFERENCES "public"."campaigns"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "live_arrivals_workspace" ON "live_arrivals" USING btree ("workspace_id","id");--> statement-breakpoint
CREATE INDEX "live_events_campaign" ON "live_events" USING btree ("campaign_id");--> statement-breakpoint
CREATE INDEX "live_stays_until" ON "live_stays" USING btree ("until");--> statement-breakpoint
CREATE INDEX "live_stays_profile" ON "live_stays" USING btree ("workspace_id","profile_id");--> statement-breakpoint
CREATE INDEX "live_wakes_due" ON "live_wakes" USING btree ("due_at");--> statement-breakpoint
CREATE INDEX "live_wakes_profile" ON "live_wakes" USING btree ("workspace_id","profile_id");--> statement-breakpoint
ALTER TABLE "campaign_versions" ADD CONSTRAINT "campaign_versions_one_source" CHECK (("campaign_versions"."segment_key" is null) <> ("campaign_versions"."definition" is null) or ("campaign_versions"."trigger" is not null and "campaign_versions"."segment_key" is null and "campaign_versions"."definition" is null));