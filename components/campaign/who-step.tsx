'use client';

import { AsOfBanner } from '@/components/segment/as-of';
import type { BuilderCatalogue } from '@/components/segment/catalogue';
import { SegmentAside } from '@/components/segment/segment-aside';
import { SegmentBuilder } from '@/components/segment/segment-builder';
import { FieldError } from '@/components/ui/field';
import type { CampaignDraft } from '@/lib/campaign/plan';
import { ChoiceCards } from './choice-cards';
import type { SavePatch } from './draft-saving';
import { LiveFields } from './live-fields';
import { pastWords } from './live-values';
import { SegmentPicker, type SegmentView } from './segment-picker';
import { StepForm, StepSection } from './step-form';
import { useWhoChoice } from './who-choice';

type Props = {
  id: string;
  draft: CampaignDraft;
  segments: SegmentView[];
  catalogue: BuilderCatalogue;
  save: SavePatch;
};

const kinds = [
  { value: 'past', title: 'Who they are and what they did', line: 'Worked out each time the campaign runs.' },
  { value: 'live', title: 'Live: the moment it happens', line: 'In the audience within seconds of the behaviour.' },
] as const;

const sources = [
  { value: 'saved', title: 'A saved segment', line: 'The campaign follows it as it is edited.' },
  { value: 'own', title: 'Describe one here', line: 'For this campaign alone.' },
] as const;
const liveSources = [{ value: 'none', title: 'Everybody', line: 'Whoever qualifies.' }, ...sources] as const;

/** A saved segment or a definition of the campaign's own, or what triggers it live, narrowed by either; switching to and fro loses nothing while the page is open. */
export function WhoStep({ id, draft, segments, catalogue, save }: Props) {
  const choice = useWhoChoice({ id, draft, segments, zone: catalogue.zone, save });
  const { saving, live, values, reading, source, asOf, setAsOf, ticks, attempts } = choice;
  return (
    <StepForm step="who" id={id} saving={saving} onSubmit={choice.submit}>
      <ChoiceCards label="Kind" name="kind" options={kinds} value={live ? 'live' : 'past'} onChange={choice.chooseKind} />
      <AsOfBanner at={asOf} zone={catalogue.zone} onChange={setAsOf} />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_300px]">
        <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-8">
          {live && <LiveFields values={values} reading={reading} catalogue={catalogue} shows={attempts > 0} onChange={choice.changeLive} />}
          <StepSection {...(live ? narrowingWords : describingWords)}>
            <ChoiceCards
              label="Who"
              name="source"
              options={live ? liveSources : sources}
              value={source}
              onChange={choice.chooseSource}
              className={live ? 'lg:grid-cols-3' : ''}
            />
            {source === 'saved' && <SegmentPicker segments={segments} value={choice.segment} onChange={choice.chooseSegment} />}
            <div hidden={source !== 'own'}>
              <SegmentBuilder
                value={draft.definition}
                catalogue={catalogue}
                onChange={choice.changeDefinition}
                at={asOf ?? undefined}
                notes={ticks.notes}
                attempts={source === 'own' ? attempts : 0}
              />
            </div>
          </StepSection>
          <FieldError>{choice.fault}</FieldError>
        </div>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
          {live && <p className="text-muted-foreground text-sm">{pastWords(values.kind === 'date', values.stayDays)}:</p>}
          <SegmentAside
            who={choice.who}
            at={asOf}
            zone={catalogue.zone}
            sent={draft.identifiers}
            onAt={setAsOf}
            ticks={source === 'own' && !live ? ticks : undefined}
          />
        </div>
      </div>
    </StepForm>
  );
}

const describingWords = { title: 'Who' };
const narrowingWords = { title: 'Narrow it', line: 'Only those of them who fit belong in the audience, and only as long as they do.' };
