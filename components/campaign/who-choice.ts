'use client';

import { useCallback, useMemo, useState } from 'react';
import { useTicks } from '@/components/segment/ticks';
import type { CampaignDraft } from '@/lib/campaign/plan';
import { pastDefinition } from '@/lib/live/past';
import type { Definition } from '@/lib/segment/definition';
import { type DraftSaving, type SavePatch, useDraftSaving } from './draft-saving';
import { type LiveValues, liveValuesOf, readLive } from './live-values';
import type { Who } from './reach-lines';
import type { SegmentView } from './segment-picker';
import { useStepWalk } from './step-walk';

/** none: of a live campaign that nothing narrows. */
export type Source = 'none' | 'saved' | 'own';

type Props = { id: string; draft: CampaignDraft; segments: SegmentView[]; zone: string; save: SavePatch };

/** What the WHO step holds and does: who is described, what triggers, and what of it is saved. */
export function useWhoChoice({ id, draft, segments, zone, save }: Props) {
  const saving = useDraftSaving(id, save);
  const walk = useStepWalk(id, 'who', saving);
  const [fault, setFault] = useState<string>();
  const [attempts, setAttempts] = useState(0);
  const [asOf, setAsOf] = useState<Date | null>(null);
  const described = useDescribed(draft, segments, saving, setFault);
  const trigger = useTrigger(draft, zone, saving, setFault);
  const ticks = useTicks(described.definition, asOf);
  const { source, chosen } = described;
  const { live, reading } = trigger;
  const isDescribed = Boolean(chosen.segment ?? chosen.definition) || (live && source === 'none');
  const isChosen = isDescribed && (!live || reading.patch !== null);

  const chooseSource = (next: Source) => {
    setAttempts(0);
    described.chooseSource(next);
  };
  const chooseKind = (next: 'past' | 'live') => {
    setAttempts(0);
    setFault(undefined);
    if (next === 'past' && source === 'none') described.chooseSource(segments.length === 0 ? 'own' : 'saved');
    if (next === 'live' && !chosen.segment && !chosen.definition) described.chooseSource('none');
    trigger.setLive(next === 'live');
  };
  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    setAttempts(attempts + 1);
    if (isChosen) return walk.next({ ...chosen, ...trigger.patch });
    setFault(missing(live && reading.patch === null, source));
  };
  const who = isChosen ? askedOf(chosen, live ? reading.patch?.trigger : undefined, trigger.values.stayDays) : null;
  const shown = { fault, attempts, asOf, setAsOf, ticks, who };
  return { ...described, ...trigger, ...shown, saving, chooseSource, chooseKind, submit };
}

/** A saved segment or a definition of the campaign's own; switching to and fro loses neither while the page is open. */
function useDescribed(draft: CampaignDraft, segments: readonly SegmentView[], saving: DraftSaving, setFault: (fault?: string) => void) {
  const [source, setSource] = useState<Source>(() => sourceOf(draft, segments));
  const [segment, setSegment] = useState(draft.segment);
  const [definition, setDefinition] = useState<Definition | undefined>(draft.definition);
  const of = (each: Source) => (each === 'none' ? nobody : each === 'saved' ? { ...nobody, segment } : { ...nobody, definition });
  const chooseSource = (next: Source) => {
    setSource(next);
    setFault(undefined);
    if (next === 'none' || of(next).segment || of(next).definition) saving.change(of(next));
  };
  const chooseSegment = (key: string) => {
    setSegment(key);
    setFault(undefined);
    saving.change({ ...nobody, segment: key });
  };
  const changeDefinition = useCallback(
    (next: Definition | null) => {
      setDefinition(next ?? undefined);
      setFault(undefined);
      if (next) saving.change({ ...nobody, definition: next });
      else saving.hold();
    },
    [saving.change, saving.hold, setFault],
  );
  return { source, segment, definition, chosen: of(source), chooseSource, chooseSegment, changeDefinition };
}

/** What triggers a live campaign. Its schedule goes with it: there is no other that is live. */
function useTrigger(draft: CampaignDraft, zone: string, saving: DraftSaving, setFault: (fault?: string) => void) {
  const [live, setKind] = useState(draft.trigger !== undefined);
  const [values, setValues] = useState(() => liveValuesOf(draft));
  const reading = useMemo(() => readLive(values), [values]);
  const schedule = draft.schedule?.kind === 'live' ? draft.schedule : { kind: 'live' as const, zone };
  const other = draft.schedule?.kind === 'live' ? undefined : draft.schedule;
  const past = { trigger: undefined, exit: undefined, stayDays: null, schedule: other };
  const patch: CampaignDraft = live ? { ...reading.patch, schedule } : draft.trigger ? past : {};
  const setLive = (next: boolean) => {
    setKind(next);
    saving.change(next ? { ...reading.patch, schedule } : past);
  };
  const changeLive = (part: Partial<LiveValues>) => {
    const next = { ...values, ...part };
    setValues(next);
    setFault(undefined);
    const { patch: right } = readLive(next);
    if (right) saving.change({ ...right, schedule });
    else saving.hold();
  };
  return { live, values, reading, patch, setLive, changeLive };
}

const nobody: { segment: string | undefined; definition: Definition | undefined } = { segment: undefined, definition: undefined };

const sourceOf = ({ definition, segment, trigger }: CampaignDraft, segments: readonly SegmentView[]): Source =>
  definition ? 'own' : segment ? 'saved' : trigger ? 'none' : segments.length === 0 ? 'own' : 'saved';

/** Whom the reach is of; of a trigger those who would have qualified. */
function askedOf(chosen: Who, trigger: CampaignDraft['trigger'], stayDays: number): Who {
  if (!trigger) return chosen;
  const narrowing = chosen.segment ? { segment: chosen.segment } : (chosen.definition ?? null);
  return { definition: pastDefinition(trigger, narrowing, stayDays) };
}

function missing(trigger: boolean, source: Source): string {
  if (trigger) return 'Finish what makes somebody qualify, and what ends it.';
  return source === 'saved' ? 'Choose a segment.' : 'Finish the description: each condition needs all its parts.';
}
