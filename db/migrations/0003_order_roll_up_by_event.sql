-- A segment's members are split by identifier in order of their ids: from this key alone, without a visit to the profiles.
ALTER TABLE "profiles" DROP CONSTRAINT "profiles_workspace_id_profile_id_pk";--> statement-breakpoint
ALTER TABLE "profiles" ADD CONSTRAINT "profiles_workspace_id_profile_id_pk" PRIMARY KEY("workspace_id","profile_id") INCLUDE ("identifier_mask","bucket");--> statement-breakpoint
ALTER TABLE "profiles_sample" DROP CONSTRAINT "profiles_sample_workspace_id_profile_id_pk";--> statement-breakpoint
ALTER TABLE "profiles_sample" ADD CONSTRAINT "profiles_sample_workspace_id_profile_id_pk" PRIMARY KEY("workspace_id","profile_id") INCLUDE ("identifier_mask","bucket");--> statement-breakpoint
DROP INDEX "profile_events_last";--> statement-breakpoint
DROP INDEX "profile_events_sample_last";--> statement-breakpoint
ALTER TABLE "profile_events" DROP CONSTRAINT "profile_events_workspace_id_profile_id_event_id_pk";--> statement-breakpoint
ALTER TABLE "profile_events_sample" DROP CONSTRAINT "profile_events_sample_workspace_id_profile_id_event_id_pk";--> statement-breakpoint
-- One index in place of two: who did an event comes out in order of profile ids, with everything the roll-up knows of it.
ALTER TABLE "profile_events" ADD CONSTRAINT "profile_events_workspace_id_event_id_profile_id_pk" PRIMARY KEY("workspace_id","event_id","profile_id") INCLUDE ("first_time","last_time","count","sum");--> statement-breakpoint
ALTER TABLE "profile_events_sample" ADD CONSTRAINT "profile_events_sample_workspace_id_event_id_profile_id_pk" PRIMARY KEY("workspace_id","event_id","profile_id") INCLUDE ("first_time","last_time","count","sum");--> statement-breakpoint
-- Answers from indexes alone need the visibility map: without this a fifth of the rows would have to change before it is renewed.
ALTER TABLE "profiles" SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);--> statement-breakpoint
ALTER TABLE "profile_events" SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);
