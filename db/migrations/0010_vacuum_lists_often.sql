-- A list is answered from its index alone, which takes a visibility map that is up to date. An upload is only inserts, and at the default of one
-- new row in five a large table would wait for many of them.
ALTER TABLE "list_members" SET (autovacuum_vacuum_insert_scale_factor = 0.01, autovacuum_vacuum_scale_factor = 0.02);--> statement-breakpoint
ALTER TABLE "list_values" SET (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_vacuum_scale_factor = 0.05);
