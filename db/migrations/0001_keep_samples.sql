CREATE TABLE "events_sample" (
	"workspace_id" integer NOT NULL,
	"profile_id" bigint NOT NULL,
	"event_id" integer NOT NULL,
	"time" timestamp with time zone NOT NULL,
	"amount" double precision,
	"label" text,
	"properties" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "profile_events_sample" (
	"workspace_id" integer NOT NULL,
	"profile_id" bigint NOT NULL,
	"event_id" integer NOT NULL,
	"count" integer NOT NULL,
	"first_time" timestamp with time zone NOT NULL,
	"last_time" timestamp with time zone NOT NULL,
	"sum" double precision NOT NULL,
	CONSTRAINT "profile_events_sample_workspace_id_profile_id_event_id_pk" PRIMARY KEY("workspace_id","profile_id","event_id")
);
--> statement-breakpoint
CREATE TABLE "profiles_sample" (
	"workspace_id" integer NOT NULL,
	"profile_id" bigint NOT NULL,
	"first_seen" timestamp with time zone NOT NULL,
	"last_seen" timestamp with time zone NOT NULL,
	"bucket" smallint NOT NULL,
	"country" text,
	"city" text,
	"language" text,
	"platform" text,
	"identifier_mask" integer DEFAULT 0 NOT NULL,
	"properties" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "profiles_sample_workspace_id_profile_id_pk" PRIMARY KEY("workspace_id","profile_id")
);
--> statement-breakpoint
CREATE INDEX "events_sample_event_time" ON "events_sample" USING btree ("event_id","time") INCLUDE ("profile_id","amount","label");--> statement-breakpoint
CREATE INDEX "events_sample_profile" ON "events_sample" USING btree ("profile_id","event_id","time");--> statement-breakpoint
CREATE INDEX "profile_events_sample_last" ON "profile_events_sample" USING btree ("event_id","last_time") INCLUDE ("profile_id");--> statement-breakpoint
-- What is stored already. 16: sampleBuckets of lib/identity/bucket.ts.
INSERT INTO "profiles_sample" SELECT * FROM "profiles" WHERE "bucket" < 16;--> statement-breakpoint
INSERT INTO "events_sample" SELECT e.* FROM "events" e JOIN "profiles_sample" p USING ("workspace_id", "profile_id");--> statement-breakpoint
INSERT INTO "profile_events_sample" SELECT e.* FROM "profile_events" e JOIN "profiles_sample" p USING ("workspace_id", "profile_id");
