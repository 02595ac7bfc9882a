import type { CampaignState, RunPurpose, RunState, RunTrigger } from '@/db/schema';
import type { ScreenState } from '@/lib/sync/run-state';

/** How states are said and toned on screens. Tones are the badge's. */
export type Tone = 'neutral' | 'info' | 'good' | 'warn' | 'bad';

export const campaignStates: Record<CampaignState, { label: string; tone: Tone; meaning: string }> = {
  draft: { label: 'Draft', tone: 'neutral', meaning: 'Nothing runs until you press Schedule.' },
  scheduled: { label: 'Scheduled', tone: 'info', meaning: 'Waiting for its first occurrence.' },
  running: { label: 'Running', tone: 'info', meaning: 'A sync is under way.' },
  awaiting_next: { label: 'Active', tone: 'good', meaning: 'In sync; waiting for the next occurrence.' },
  completed: { label: 'Completed', tone: 'neutral', meaning: 'Its schedule has come to its end.' },
  paused: { label: 'Paused', tone: 'warn', meaning: 'Nothing is sent until you resume it.' },
  stopped: { label: 'Stopped', tone: 'neutral', meaning: 'Stopped for good.' },
  blocked: { label: 'Blocked', tone: 'bad', meaning: 'Something at Facebook must be mended first; it goes on by itself afterwards.' },
  failed: { label: 'Failed', tone: 'bad', meaning: 'The last run could not be finished.' },
  archived: { label: 'Archived', tone: 'neutral', meaning: 'Kept to look at.' },
};

export const runStates: Record<ScreenState, { label: string; tone: Tone }> = {
  queued: { label: 'Queued', tone: 'info' },
  computing: { label: 'Computing', tone: 'info' },
  sending: { label: 'Sending', tone: 'info' },
  confirming: { label: 'Confirming', tone: 'info' },
  waiting: { label: 'Waiting', tone: 'warn' },
  live: { label: 'Live', tone: 'good' },
  held: { label: 'Held', tone: 'warn' },
  succeeded: { label: 'Succeeded', tone: 'good' },
  partial: { label: 'Partial', tone: 'warn' },
  failed: { label: 'Failed', tone: 'bad' },
  cancelled: { label: 'Cancelled', tone: 'neutral' },
  skipped: { label: 'Skipped', tone: 'neutral' },
  collapsed: { label: 'Collapsed', tone: 'neutral' },
};

/** Why a run that did no work did none. */
export const idleRunMeaning: Partial<Record<RunState, string>> = {
  skipped:
    'It was too late for it when Beckon could have run it: a later occurrence had come, or it would have started later than a run may.',
  collapsed: 'It waited for the run before it and was replaced by a newer occurrence.',
  cancelled: 'It was cancelled before it finished.',
};

/** What a run is for, where it does not sync. */
export const purposeWords: Record<Exclude<RunPurpose, 'sync'>, string> = {
  empty: 'Empties the audience',
  detach: 'Lets the ad sets go',
  undo: 'Takes the last run back',
  withdraw: 'Takes out who withdrew consent',
};

export const triggerWords: Record<RunTrigger, string> = {
  schedule: 'On schedule',
  catch_up: 'Caught up',
  manual: 'Run by hand',
};
