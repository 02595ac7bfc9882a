-- With one row in a hundred changed since the last vacuum half of the pages must be visited again, and a segment takes three times as long:
-- not one in fifty, then.
ALTER TABLE "profiles" SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.01);--> statement-breakpoint
ALTER TABLE "profile_events" SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.01);
