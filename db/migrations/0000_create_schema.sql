CREATE SEQUENCE "public"."profile_id_sequence" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "audience_members" (
	"workspace_id" integer NOT NULL,
	"audience_id" integer NOT NULL,
	"profile_id" bigint NOT NULL,
	"state" text NOT NULL,
	"fingerprint" bigint NOT NULL,
	"row" text NOT NULL,
	"stale_rows" text[],
	"run_id" integer NOT NULL,
	"remove_batch" integer,
	"add_batch" integer,
	"since" timestamp with time zone NOT NULL,
	CONSTRAINT "audience_members_audience_id_profile_id_pk" PRIMARY KEY("audience_id","profile_id")
);
--> statement-breakpoint
CREATE TABLE "audience_sizes" (
	"workspace_id" integer NOT NULL,
	"audience_id" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"members" integer NOT NULL,
	"facebook_lower" bigint,
	"facebook_upper" bigint,
	CONSTRAINT "audience_sizes_audience_id_at_pk" PRIMARY KEY("audience_id","at")
);
--> statement-breakpoint
CREATE TABLE "audiences" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audiences_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"workspace_id" integer NOT NULL,
	"campaign_id" uuid NOT NULL,
	"ad_account_id" text NOT NULL,
	"facebook_id" text,
	"mark" text NOT NULL,
	"name" text NOT NULL,
	"made" boolean NOT NULL,
	"schema" text[] NOT NULL,
	"size_lower" bigint,
	"size_upper" bigint,
	"operation_code" integer,
	"operation_text" text,
	"delivery_code" integer,
	"checked_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "audiences_campaign_id_unique" UNIQUE("campaign_id"),
	CONSTRAINT "audiences_mark_unique" UNIQUE("mark")
);
--> statement-breakpoint
CREATE TABLE "campaign_versions" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "campaign_versions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"workspace_id" integer NOT NULL,
	"campaign_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"segment_key" text,
	"definition" jsonb,
	"schedule" jsonb NOT NULL,
	"scheduled_at" timestamp with time zone NOT NULL,
	"connection_id" uuid NOT NULL,
	"ad_account_id" text NOT NULL,
	"ad_account_name" text NOT NULL,
	"audience" jsonb NOT NULL,
	"mode" text NOT NULL,
	"ad_sets" jsonb NOT NULL,
	"identifiers" text[],
	"at_end" text NOT NULL,
	"created_by" uuid,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "campaign_versions_number" UNIQUE("campaign_id","version"),
	CONSTRAINT "campaign_versions_one_source" CHECK (("campaign_versions"."segment_key" is null) <> ("campaign_versions"."definition" is null))
);
--> statement-breakpoint
CREATE TABLE "campaigns" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" integer NOT NULL,
	"name" text NOT NULL,
	"state" text NOT NULL,
	"blocker" jsonb,
	"draft" jsonb,
	"version_id" integer,
	"next_at" timestamp with time zone,
	"occurrences_done" integer DEFAULT 0 NOT NULL,
	"created_by" uuid,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "connections" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" integer NOT NULL,
	"kind" text NOT NULL,
	"facebook_user_id" text NOT NULL,
	"name" text NOT NULL,
	"sealed_token" text NOT NULL,
	"scopes" text[] NOT NULL,
	"expires_at" timestamp with time zone,
	"broken_reason" text,
	"created_by" uuid,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "connections_facebook_user" UNIQUE("workspace_id","facebook_user_id")
);
--> statement-breakpoint
CREATE TABLE "event_digests" (
	"digest" uuid PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "event_names" (
	"event_id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "event_names_event_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"workspace_id" integer NOT NULL,
	"name" text NOT NULL,
	"first_seen" timestamp with time zone NOT NULL,
	"last_seen" timestamp with time zone NOT NULL,
	"amount_property" text,
	"label_property" text,
	CONSTRAINT "event_names_name" UNIQUE("workspace_id","name")
);
--> statement-breakpoint
CREATE TABLE "event_volumes" (
	"workspace_id" integer NOT NULL,
	"event_id" integer NOT NULL,
	"day" date NOT NULL,
	"count" bigint NOT NULL,
	CONSTRAINT "event_volumes_workspace_id_event_id_day_pk" PRIMARY KEY("workspace_id","event_id","day")
);
--> statement-breakpoint
CREATE TABLE "events" (
	"workspace_id" integer NOT NULL,
	"profile_id" bigint NOT NULL,
	"event_id" integer NOT NULL,
	"time" timestamp with time zone NOT NULL,
	"amount" double precision,
	"label" text,
	"properties" jsonb NOT NULL
) PARTITION BY RANGE ("time");
--> statement-breakpoint
CREATE TABLE "identifier_faults" (
	"workspace_id" integer NOT NULL,
	"identifier" text NOT NULL,
	"day" date NOT NULL,
	"count" bigint NOT NULL,
	CONSTRAINT "identifier_faults_workspace_id_identifier_day_pk" PRIMARY KEY("workspace_id","identifier","day")
);
--> statement-breakpoint
CREATE TABLE "keys" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" integer NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"digest" "bytea" NOT NULL,
	"hint" text NOT NULL,
	"account_id" text,
	"role" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "keys_digest_unique" UNIQUE("digest")
);
--> statement-breakpoint
CREATE TABLE "memberships" (
	"workspace_id" integer NOT NULL,
	"user_id" uuid NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "memberships_workspace_id_user_id_pk" PRIMARY KEY("workspace_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "profile_events" (
	"workspace_id" integer NOT NULL,
	"profile_id" bigint NOT NULL,
	"event_id" integer NOT NULL,
	"count" integer NOT NULL,
	"first_time" timestamp with time zone NOT NULL,
	"last_time" timestamp with time zone NOT NULL,
	"sum" double precision NOT NULL,
	CONSTRAINT "profile_events_workspace_id_profile_id_event_id_pk" PRIMARY KEY("workspace_id","profile_id","event_id")
);
--> statement-breakpoint
CREATE TABLE "profile_identifiers" (
	"workspace_id" integer NOT NULL,
	"profile_id" bigint NOT NULL,
	"email" "bytea",
	"phone" "bytea",
	"gender" "bytea",
	"birth_year" "bytea",
	"birth_month" "bytea",
	"birth_day" "bytea",
	"first_name" "bytea",
	"last_name" "bytea",
	"first_initial" "bytea",
	"city" "bytea",
	"state" "bytea",
	"zip" "bytea",
	"country" "bytea",
	"mobile_advertiser_id" text,
	"fingerprint" bigint NOT NULL,
	CONSTRAINT "profile_identifiers_workspace_id_profile_id_pk" PRIMARY KEY("workspace_id","profile_id")
);
--> statement-breakpoint
CREATE TABLE "profile_ids" (
	"workspace_id" integer NOT NULL,
	"kind" text NOT NULL,
	"value" text NOT NULL,
	"profile_id" bigint NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "profile_ids_workspace_id_kind_value_pk" PRIMARY KEY("workspace_id","kind","value")
);
--> statement-breakpoint
CREATE TABLE "profiles" (
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
	CONSTRAINT "profiles_workspace_id_profile_id_pk" PRIMARY KEY("workspace_id","profile_id"),
	CONSTRAINT "profiles_bucket_range" CHECK ("profiles"."bucket" between 0 and 999)
);
--> statement-breakpoint
CREATE TABLE "property_names" (
	"workspace_id" integer NOT NULL,
	"event_id" integer NOT NULL,
	"name" text NOT NULL,
	"text_count" bigint DEFAULT 0 NOT NULL,
	"number_count" bigint DEFAULT 0 NOT NULL,
	"boolean_count" bigint DEFAULT 0 NOT NULL,
	"date_count" bigint DEFAULT 0 NOT NULL,
	"list_count" bigint DEFAULT 0 NOT NULL,
	"other_count" bigint DEFAULT 0 NOT NULL,
	"last_seen" timestamp with time zone NOT NULL,
	CONSTRAINT "property_names_workspace_id_event_id_name_pk" PRIMARY KEY("workspace_id","event_id","name")
);
--> statement-breakpoint
CREATE TABLE "property_values" (
	"workspace_id" integer NOT NULL,
	"event_id" integer NOT NULL,
	"name" text NOT NULL,
	"value" text NOT NULL,
	"count" bigint NOT NULL,
	CONSTRAINT "property_values_workspace_id_event_id_name_value_pk" PRIMARY KEY("workspace_id","event_id","name","value")
);
--> statement-breakpoint
CREATE TABLE "rejects" (
	"workspace_id" integer NOT NULL,
	"run_id" integer NOT NULL,
	"profile_id" bigint NOT NULL,
	"batch" integer NOT NULL,
	"reason" text NOT NULL,
	CONSTRAINT "rejects_run_id_profile_id_pk" PRIMARY KEY("run_id","profile_id")
);
--> statement-breakpoint
CREATE TABLE "segments" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" integer NOT NULL,
	"key" text NOT NULL,
	"name" text NOT NULL,
	"definition" jsonb NOT NULL,
	"created_by" uuid,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "segments_key" UNIQUE("workspace_id","key")
);
--> statement-breakpoint
CREATE TABLE "sync_batches" (
	"run_id" integer NOT NULL,
	"seq" integer NOT NULL,
	"workspace_id" integer NOT NULL,
	"op" text NOT NULL,
	"rows" integer NOT NULL,
	"state" text NOT NULL,
	"received" integer,
	"invalid" integer,
	"attempts" integer DEFAULT 0 NOT NULL,
	"trace_id" text,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	CONSTRAINT "sync_batches_run_id_seq_pk" PRIMARY KEY("run_id","seq")
);
--> statement-breakpoint
CREATE TABLE "sync_runs" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sync_runs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"workspace_id" integer NOT NULL,
	"campaign_id" uuid NOT NULL,
	"version_id" integer NOT NULL,
	"audience_id" integer NOT NULL,
	"occurrence_at" timestamp with time zone NOT NULL,
	"trigger" text NOT NULL,
	"state" text NOT NULL,
	"wait_until" timestamp with time zone,
	"wait_reason" text,
	"leased_by" text,
	"leased_until" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"definition" jsonb,
	"qualified" integer,
	"unreachable" integer,
	"to_add" integer,
	"to_remove" integer,
	"added" integer DEFAULT 0 NOT NULL,
	"removed" integer DEFAULT 0 NOT NULL,
	"received" integer DEFAULT 0 NOT NULL,
	"invalid" integer DEFAULT 0 NOT NULL,
	"error_code" text,
	"error_message" text,
	"error_trace" text,
	"created_at" timestamp with time zone NOT NULL,
	"frozen_at" timestamp with time zone,
	"sent_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	CONSTRAINT "sync_runs_occurrence" UNIQUE("campaign_id","occurrence_at")
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"facebook_id" text NOT NULL,
	"name" text NOT NULL,
	"email" text,
	"image" text,
	"session_version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"signed_in_at" timestamp with time zone NOT NULL,
	CONSTRAINT "users_facebook_id_unique" UNIQUE("facebook_id")
);
--> statement-breakpoint
CREATE TABLE "workspaces" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "workspaces_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"zone" text NOT NULL,
	"default_country" text,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "audiences" ADD CONSTRAINT "audiences_campaign_id_campaigns_id_fk" FOREIGN KEY ("campaign_id") REFERENCES "public"."campaigns"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "campaign_versions" ADD CONSTRAINT "campaign_versions_campaign_id_campaigns_id_fk" FOREIGN KEY ("campaign_id") REFERENCES "public"."campaigns"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "campaign_versions" ADD CONSTRAINT "campaign_versions_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "campaign_versions" ADD CONSTRAINT "campaign_versions_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "campaigns" ADD CONSTRAINT "campaigns_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "campaigns" ADD CONSTRAINT "campaigns_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "keys" ADD CONSTRAINT "keys_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "segments" ADD CONSTRAINT "segments_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "segments" ADD CONSTRAINT "segments_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sync_batches" ADD CONSTRAINT "sync_batches_run_id_sync_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."sync_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD CONSTRAINT "sync_runs_campaign_id_campaigns_id_fk" FOREIGN KEY ("campaign_id") REFERENCES "public"."campaigns"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audience_members_remove" ON "audience_members" USING btree ("run_id","remove_batch","profile_id") WHERE "audience_members"."remove_batch" is not null;--> statement-breakpoint
CREATE INDEX "audience_members_add" ON "audience_members" USING btree ("run_id","add_batch","profile_id") WHERE "audience_members"."add_batch" is not null;--> statement-breakpoint
CREATE INDEX "audience_members_profile" ON "audience_members" USING btree ("workspace_id","profile_id");--> statement-breakpoint
CREATE INDEX "audiences_facebook" ON "audiences" USING btree ("workspace_id","ad_account_id","facebook_id");--> statement-breakpoint
CREATE INDEX "campaigns_workspace" ON "campaigns" USING btree ("workspace_id","updated_at");--> statement-breakpoint
CREATE INDEX "campaigns_due" ON "campaigns" USING btree ("next_at") WHERE "campaigns"."next_at" is not null;--> statement-breakpoint
CREATE INDEX "events_event_time" ON "events" USING btree ("event_id","time") INCLUDE ("profile_id","amount","label");--> statement-breakpoint
CREATE INDEX "events_profile" ON "events" USING btree ("profile_id","event_id","time");--> statement-breakpoint
CREATE INDEX "keys_workspace" ON "keys" USING btree ("workspace_id");--> statement-breakpoint
CREATE INDEX "memberships_user" ON "memberships" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "profile_events_last" ON "profile_events" USING btree ("event_id","last_time") INCLUDE ("profile_id");--> statement-breakpoint
CREATE INDEX "profile_identifiers_email" ON "profile_identifiers" USING btree ("workspace_id","email");--> statement-breakpoint
CREATE INDEX "profile_identifiers_phone" ON "profile_identifiers" USING btree ("workspace_id","phone");--> statement-breakpoint
CREATE INDEX "profile_identifiers_madid" ON "profile_identifiers" USING btree ("workspace_id","mobile_advertiser_id") WHERE "profile_identifiers"."mobile_advertiser_id" is not null;--> statement-breakpoint
CREATE INDEX "profile_ids_profile" ON "profile_ids" USING btree ("workspace_id","profile_id");--> statement-breakpoint
CREATE INDEX "profiles_country" ON "profiles" USING btree ("workspace_id","country");--> statement-breakpoint
CREATE INDEX "profiles_properties" ON "profiles" USING gin ("properties" jsonb_path_ops);--> statement-breakpoint
CREATE INDEX "sync_runs_open" ON "sync_runs" USING btree ("audience_id","occurrence_at") WHERE "sync_runs"."state" in ('queued', 'audience_ready', 'frozen', 'sent');--> statement-breakpoint
CREATE INDEX "sync_runs_campaign" ON "sync_runs" USING btree ("campaign_id","occurrence_at");
--> statement-breakpoint
-- A date of the segment language to its instant: YYYY-MM-DD or YYYY-MM-DDTHH:MM[:SS[.fff]][Z|±HH:MM], local where no offset is given.
-- Null for anything else: a cast would end the whole query at the first bad value. Where a local time comes twice, the first is meant;
-- AT TIME ZONE takes the second.
CREATE FUNCTION beckon_instant(value jsonb, zone text) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  m text[];
  wall timestamp;
  at timestamptz;
  earlier interval;
BEGIN
  IF value IS NULL OR jsonb_typeof(value) <> 'string' THEN RETURN NULL; END IF;
  m := regexp_match(value #>> '{}', '^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(Z|[+-]\d{2}:\d{2})?)?$');
  IF m IS NULL OR m[1] = '0000' OR m[2] NOT BETWEEN '01' AND '12' OR m[3] = '00' THEN RETURN NULL; END IF;
  IF m[3]::int > extract(day FROM make_date(m[1]::int, m[2]::int, 1) + interval '1 month - 1 day') THEN RETURN NULL; END IF;
  IF coalesce(m[4], '00') > '23' OR coalesce(m[5], '00') > '59' OR coalesce(m[6], '00') > '59' THEN RETURN NULL; END IF;
  wall := make_timestamp(m[1]::int, m[2]::int, m[3]::int, coalesce(m[4], '0')::int, coalesce(m[5], '0')::int,
    (coalesce(m[6], '0') || '.' || coalesce(m[7], '0'))::double precision);
  IF m[8] = 'Z' THEN RETURN wall AT TIME ZONE 'UTC'; END IF;
  IF m[8] IS NOT NULL THEN
    IF substr(m[8], 2, 2) > '23' OR right(m[8], 2) > '59' THEN RETURN NULL; END IF;
    RETURN (wall - (m[8] || ':00')::interval) AT TIME ZONE 'UTC';
  END IF;
  at := wall AT TIME ZONE zone;
  FOREACH earlier IN ARRAY ARRAY[interval '2 hours', interval '1 hour', interval '30 minutes'] LOOP
    IF (at - earlier) AT TIME ZONE zone = wall THEN RETURN at - earlier; END IF;
  END LOOP;
  RETURN at;
END $$;
