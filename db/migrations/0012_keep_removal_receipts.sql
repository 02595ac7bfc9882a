CREATE TABLE "removal_receipts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" integer NOT NULL,
	"kind" text NOT NULL,
	"profile_id" bigint NOT NULL,
	"requested_by" uuid,
	"requested_at" timestamp with time zone NOT NULL,
	"events" integer,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "removals" (
	"receipt_id" uuid NOT NULL,
	"audience_id" integer NOT NULL,
	"outcome" text,
	"at" timestamp with time zone,
	"trace_id" text,
	CONSTRAINT "removals_receipt_id_audience_id_pk" PRIMARY KEY("receipt_id","audience_id")
);
--> statement-breakpoint
ALTER TABLE "removal_receipts" ADD CONSTRAINT "removal_receipts_requested_by_users_id_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "removals" ADD CONSTRAINT "removals_receipt_id_removal_receipts_id_fk" FOREIGN KEY ("receipt_id") REFERENCES "public"."removal_receipts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "removal_receipts_requested" ON "removal_receipts" USING btree ("workspace_id","requested_at");--> statement-breakpoint
CREATE INDEX "removal_receipts_open" ON "removal_receipts" USING btree ("workspace_id","profile_id") WHERE "removal_receipts"."finished_at" is null;--> statement-breakpoint
CREATE INDEX "removals_pending" ON "removals" USING btree ("audience_id") WHERE "removals"."outcome" is null;