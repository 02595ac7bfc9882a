CREATE TABLE "profile_merges" (
	"workspace_id" integer NOT NULL,
	"loser" bigint NOT NULL,
	"winner" bigint NOT NULL,
	"looked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "profile_merges_workspace_id_loser_pk" PRIMARY KEY("workspace_id","loser")
);
--> statement-breakpoint
CREATE INDEX "profile_merges_winner" ON "profile_merges" USING btree ("workspace_id","winner");--> statement-breakpoint
CREATE INDEX "profile_merges_looked" ON "profile_merges" USING btree ("looked_at");