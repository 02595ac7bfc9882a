CREATE TABLE "list_members" (
	"workspace_id" integer NOT NULL,
	"list_id" uuid NOT NULL,
	"profile_id" bigint NOT NULL,
	CONSTRAINT "list_members_workspace_id_list_id_profile_id_pk" PRIMARY KEY("workspace_id","list_id","profile_id")
);
--> statement-breakpoint
CREATE TABLE "list_rejects" (
	"workspace_id" integer NOT NULL,
	"list_id" uuid NOT NULL,
	"line" integer NOT NULL,
	"reason" text NOT NULL,
	CONSTRAINT "list_rejects_list_id_line_pk" PRIMARY KEY("list_id","line")
);
--> statement-breakpoint
CREATE TABLE "list_values" (
	"workspace_id" integer NOT NULL,
	"identifier" text NOT NULL,
	"value" "bytea" NOT NULL,
	"list_id" uuid NOT NULL,
	CONSTRAINT "list_values_workspace_id_identifier_value_list_id_pk" PRIMARY KEY("workspace_id","identifier","value","list_id")
);
--> statement-breakpoint
CREATE TABLE "lists" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" integer NOT NULL,
	"identifier" text NOT NULL,
	"rows" integer DEFAULT 0 NOT NULL,
	"kept" integer DEFAULT 0 NOT NULL,
	"rejected" integer DEFAULT 0 NOT NULL,
	"created_by" uuid,
	"started_at" timestamp with time zone NOT NULL,
	"touched_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "segment_sizes" (
	"workspace_id" integer NOT NULL,
	"segment_id" uuid NOT NULL,
	"day" date NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"qualify" integer,
	"reachable" integer,
	CONSTRAINT "segment_sizes_segment_id_day_pk" PRIMARY KEY("segment_id","day")
);
--> statement-breakpoint
ALTER TABLE "segments" ALTER COLUMN "definition" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "segments" ADD COLUMN "kind" text DEFAULT 'behaviour' NOT NULL;--> statement-breakpoint
ALTER TABLE "segments" ADD COLUMN "list_id" uuid;--> statement-breakpoint
ALTER TABLE "lists" ADD CONSTRAINT "lists_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lists" ADD CONSTRAINT "lists_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "segment_sizes" ADD CONSTRAINT "segment_sizes_segment_id_segments_id_fk" FOREIGN KEY ("segment_id") REFERENCES "public"."segments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "list_members_profile" ON "list_members" USING btree ("workspace_id","profile_id");--> statement-breakpoint
CREATE INDEX "list_values_list" ON "list_values" USING btree ("list_id");--> statement-breakpoint
CREATE INDEX "lists_workspace" ON "lists" USING btree ("workspace_id");--> statement-breakpoint
ALTER TABLE "segments" ADD CONSTRAINT "segments_list_id_lists_id_fk" FOREIGN KEY ("list_id") REFERENCES "public"."lists"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "segments" ADD CONSTRAINT "segments_one_source" CHECK (("segments"."kind" = 'behaviour' and "segments"."definition" is not null and "segments"."list_id" is null)
      or ("segments"."kind" = 'list' and "segments"."definition" is null and "segments"."list_id" is not null));