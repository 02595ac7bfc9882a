CREATE TABLE "facebook_deletions" (
	"code" text PRIMARY KEY NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone NOT NULL,
	"users" integer NOT NULL,
	"connections" integer NOT NULL
);
