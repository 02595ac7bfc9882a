CREATE TABLE "lookalikes" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "lookalikes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"workspace_id" integer NOT NULL,
	"audience_id" integer NOT NULL,
	"name" text NOT NULL,
	"country" text NOT NULL,
	"percent" smallint NOT NULL,
	"mark" text NOT NULL,
	"facebook_id" text,
	"state" text NOT NULL,
	"size_lower" bigint,
	"size_upper" bigint,
	"fault" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_at" timestamp with time zone,
	"leased_until" timestamp with time zone,
	"created_by" uuid,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "lookalikes_mark_unique" UNIQUE("mark"),
	CONSTRAINT "lookalikes_once" UNIQUE("audience_id","country","percent")
);
--> statement-breakpoint
ALTER TABLE "lookalikes" ADD CONSTRAINT "lookalikes_audience_id_audiences_id_fk" FOREIGN KEY ("audience_id") REFERENCES "public"."audiences"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lookalikes" ADD CONSTRAINT "lookalikes_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "lookalikes_due" ON "lookalikes" USING btree ("next_at") WHERE "lookalikes"."next_at" is not null;