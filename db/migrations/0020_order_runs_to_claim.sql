DROP INDEX "sync_runs_cancelled";--> statement-breakpoint
CREATE INDEX "sync_runs_next" ON "sync_runs" USING btree ("occurrence_at","id") WHERE "sync_runs"."state" in ('queued', 'audience_ready', 'frozen', 'sent');--> statement-breakpoint
CREATE INDEX "sync_runs_leased" ON "sync_runs" USING btree ("audience_id") WHERE "sync_runs"."leased_by" is not null;