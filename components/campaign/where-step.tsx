'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useEffect } from 'react';
import { type UseFormReturn, useForm } from 'react-hook-form';
import type { BuilderCatalogue } from '@/components/segment/catalogue';
import { FieldError } from '@/components/ui/field';
import type { CampaignDraft } from '@/lib/campaign/plan';
import { AccountPicker } from './account-picker';
import { AdSetPicker } from './ad-set-picker';
import { AudienceFields } from './audience-fields';
import { ChoiceCards } from './choice-cards';
import { ConnectNotice } from './connect-notice';
import { ConnectionPicker } from './connection-picker';
import { type SavePatch, useDraftSaving } from './draft-saving';
import type { AdAccountView, ConnectionView, FacebookActions } from './facebook-views';
import { IdentifierFields } from './identifier-fields';
import { OptionFields } from './option-fields';
import { modes } from './plan-sentences';
import { StepForm, StepSection } from './step-form';
import { useStepWalk } from './step-walk';
import { type WhereValues, wherePatchOf, whereValuesOf, whereValuesSchema } from './where-values';

export type WhereForm = UseFormReturn<WhereValues>;

type Props = {
  id: string;
  draft: CampaignDraft;
  connections: ConnectionView[];
  mayConnect: boolean;
  /** Back from Facebook: the newest connection is the one meant. */
  justConnected: boolean;
  now: Date;
  /** What a value may be taken from. */
  catalogue: BuilderCatalogue;
  save: SavePatch;
  facebook: FacebookActions;
};

const modeOptions = (['mirror', 'add', 'remove'] as const).map((value) => ({ value, ...modes[value] }));

/** Connection, ad account, audience, what is done to it, and the ad sets that use it. */
export function WhereStep({ id, draft, connections, mayConnect, justConnected, now, catalogue, save, facebook }: Props) {
  const saving = useDraftSaving(id, save);
  const keep = !justConnected && connections.some((one) => one.id === draft.connectionId);
  const known = keep ? draft : { ...draft, connectionId: undefined };
  const only = justConnected || connections.length === 1 ? connections[0]?.id : undefined;
  const form: WhereForm = useForm<WhereValues>({ resolver: zodResolver(whereValuesSchema), defaultValues: whereValuesOf(known, only) });
  const { errors } = form.formState;
  const walk = useStepWalk(id, 'where', saving);
  const { connectionId, adAccountId, adSets, mode, live } = form.watch();

  useEffect(() => {
    const watching = form.watch((values) => saving.change(wherePatchOf(values as WhereValues)));
    return () => watching.unsubscribe();
  }, [form, saving.change]);

  const chosen = { shouldDirty: true, shouldValidate: form.formState.isSubmitted };
  const chooseConnection = (next: string) => form.setValue('connectionId', next, chosen);
  const chooseAccount = (account: AdAccountView) => {
    if (account.id === form.getValues('adAccountId')) return;
    form.setValue('adSets', []);
    form.setValue('existing', '');
    form.setValue('adAccountName', account.name);
    form.setValue('adAccountId', account.id, chosen);
  };

  return (
    <StepForm step="where" id={id} saving={saving} onSubmit={form.handleSubmit((values) => walk.next(wherePatchOf(values)))}>
      <StepSection title="Connection" line="Whose access to Facebook Beckon uses.">
        <ConnectNotice />
        <ConnectionPicker
          connections={connections}
          value={connectionId}
          onChange={chooseConnection}
          connectToken={facebook.connectToken}
          mayConnect={mayConnect}
          returnTo={`/campaigns/${id}/edit/where`}
          now={now}
        />
        <FieldError>{errors.connectionId?.message}</FieldError>
      </StepSection>
      {connectionId && (
        <StepSection title="Ad account">
          <AccountPicker connectionId={connectionId} value={adAccountId} onChange={chooseAccount} load={facebook.loadAdAccounts} />
          <FieldError>{errors.adAccountId?.message}</FieldError>
        </StepSection>
      )}
      {connectionId && adAccountId && (
        <>
          <StepSection title="Audience" line="The Custom Audience this campaign keeps up to date.">
            <AudienceFields form={form} search={facebook.searchAudiences} />
          </StepSection>
          <StepSection title="What the campaign does to it">
            <ChoiceCards
              label="Mode"
              name="mode"
              options={live ? modeOptions.filter(({ value }) => value !== 'remove') : modeOptions}
              value={mode}
              onChange={(value) => form.setValue('mode', value, chosen)}
              className={live ? '' : 'lg:grid-cols-3'}
            />
            <FieldError>{errors.mode?.message}</FieldError>
          </StepSection>
          <StepSection title="Ad sets" line="Which ads are shown to this audience, or hidden from it.">
            <AdSetPicker
              connectionId={connectionId}
              accountId={adAccountId}
              value={adSets}
              onChange={(next) => form.setValue('adSets', next, chosen)}
              search={facebook.searchAdSets}
            />
          </StepSection>
          <StepSection
            title="Identifiers to send"
            line="Only SHA-256 digests leave Beckon. The more are sent, the more people Facebook finds."
          >
            <IdentifierFields form={form} />
          </StepSection>
          <OptionFields form={form} catalogue={catalogue} />
        </>
      )}
    </StepForm>
  );
}
