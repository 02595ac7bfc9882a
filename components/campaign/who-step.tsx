'use client';

import { useCallback, useState } from 'react';
import { AsOfBanner } from '@/components/segment/as-of';
import type { BuilderCatalogue } from '@/components/segment/catalogue';
import { SegmentAside } from '@/components/segment/segment-aside';
import { SegmentBuilder } from '@/components/segment/segment-builder';
import { useTicks } from '@/components/segment/ticks';
import { FieldError } from '@/components/ui/field';
import type { CampaignDraft } from '@/lib/campaign/plan';
import type { Definition } from '@/lib/segment/definition';
import { ChoiceCards } from './choice-cards';
import { type SavePatch, useDraftSaving } from './draft-saving';
import { SegmentPicker, type SegmentView } from './segment-picker';
import { StepForm } from './step-form';
import { useStepWalk } from './step-walk';

type Props = {
  id: string;
  draft: CampaignDraft;
  segments: SegmentView[];
  catalogue: BuilderCatalogue;
  save: SavePatch;
};

const sources = [
  { value: 'saved', title: 'A saved segment', line: 'The campaign follows it as it is edited.' },
  { value: 'own', title: 'Describe one here', line: 'For this campaign alone.' },
] as const;

/** A saved segment or a definition of the campaign's own; switching to and fro loses neither while the page is open. */
export function WhoStep({ id, draft, segments, catalogue, save }: Props) {
  const saving = useDraftSaving(id, save);
  const walk = useStepWalk(id, 'who', saving);
  const [source, setSource] = useState<'saved' | 'own'>(draft.definition || segments.length === 0 ? 'own' : 'saved');
  const [segment, setSegment] = useState(draft.segment);
  const [definition, setDefinition] = useState<Definition | undefined>(draft.definition);
  const [fault, setFault] = useState<string>();
  const [attempts, setAttempts] = useState(0);
  const chosen = source === 'saved' ? { segment, definition: undefined } : { segment: undefined, definition };
  const [asOf, setAsOf] = useState<Date | null>(null);
  const ticks = useTicks(definition, asOf);
  const isChosen = Boolean(chosen.segment ?? chosen.definition);

  const chooseSource = (next: 'saved' | 'own') => {
    setSource(next);
    setFault(undefined);
    setAttempts(0);
    if (next === 'saved' ? segment : definition) {
      saving.change(next === 'saved' ? { segment, definition: undefined } : { segment: undefined, definition });
    }
  };
  const chooseSegment = (key: string) => {
    setSegment(key);
    setFault(undefined);
    saving.change({ segment: key, definition: undefined });
  };
  const changeDefinition = useCallback(
    (next: Definition | null) => {
      setDefinition(next ?? undefined);
      setFault(undefined);
      if (next) saving.change({ segment: undefined, definition: next });
      else saving.hold();
    },
    [saving.change, saving.hold],
  );
  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    setAttempts(attempts + 1);
    if (isChosen) return walk.next(chosen);
    setFault(source === 'saved' ? 'Choose a segment.' : 'Finish the description: each condition needs all its parts.');
  };

  return (
    <StepForm step="who" id={id} saving={saving} onSubmit={submit}>
      <ChoiceCards label="Who" name="source" options={sources} value={source} onChange={chooseSource} />
      <AsOfBanner at={asOf} zone={catalogue.zone} onChange={setAsOf} />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_300px]">
        <div className="min-w-0">
          {source === 'saved' && <SegmentPicker segments={segments} value={segment} onChange={chooseSegment} />}
          <div hidden={source === 'saved'}>
            <SegmentBuilder
              value={draft.definition}
              catalogue={catalogue}
              onChange={changeDefinition}
              at={asOf ?? undefined}
              notes={ticks.notes}
              attempts={attempts}
            />
          </div>
          <FieldError className="mt-3">{fault}</FieldError>
        </div>
        <SegmentAside
          who={isChosen ? chosen : null}
          at={asOf}
          zone={catalogue.zone}
          sent={draft.identifiers}
          onAt={setAsOf}
          ticks={source === 'own' ? ticks : undefined}
        />
      </div>
    </StepForm>
  );
}
