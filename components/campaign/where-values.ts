import { z } from 'zod';
import { type CampaignDraft, campaignDraftSchema, contradictions, defaultOptions } from '@/lib/campaign/plan';
import { identifiers, reachingIdentifiers } from '@/lib/identity/identifiers';
import { numberFaults, optionPatchOf, optionValuesOf, optionValuesSchema, valueFault } from './option-values';

const draft = campaignDraftSchema.shape;

/** What the WHERE form holds. Choosing a new audience or an existing one keeps what was entered for the other. */
export const whereValuesSchema = z
  .object({
    connectionId: z.string().min(1, 'Connect a Facebook account first.'),
    adAccountId: z.string().min(1, 'Choose an ad account.'),
    adAccountName: z.string(),
    audienceKind: z.enum(['new', 'existing']),
    newName: z.string().max(100, 'At most 100 characters.'),
    newDescription: z.string().max(60, 'At most 60 characters: Beckon adds its own mark.'),
    existing: z.string(),
    mode: z.enum(['mirror', 'add', 'remove']),
    adSets: draft.adSets.unwrap(),
    identifiers: z.array(z.enum(identifiers)),
    options: optionValuesSchema,
    /** Whether it has a trigger. */
    live: z.boolean(),
  })
  .superRefine((values, ctx) => {
    const fault = (path: string, message: string) => ctx.addIssue({ code: 'custom', path: [path], message });
    if (values.audienceKind === 'new' && !values.newName.trim()) fault('newName', 'Name the audience.');
    if (values.audienceKind === 'existing' && !values.existing) fault('existing', 'Choose an audience.');
    if (!values.identifiers.some(reaches))
      fault('identifiers', 'Send at least one of email, phone or mobile advertiser ID: the others match nobody alone.');
    for (const { path, message } of numberFaults(values.options)) ctx.addIssue({ code: 'custom', path: ['options', path], message });
    const worth = values.live || values.audienceKind === 'existing' ? null : valueFault(values.options);
    if (worth) ctx.addIssue({ code: 'custom', path: ['options', 'value'], message: worth });
    for (const { path, message } of contradictionsOf(values))
      ctx.addIssue({
        code: 'custom',
        path: path === 'audience' || path === 'mode' ? ['mode'] : ['options', path === 'valueFrom' ? 'value' : path],
        message,
      });
  });
export type WhereValues = z.infer<typeof whereValuesSchema>;

const reaches = (name: string) => (reachingIdentifiers as readonly string[]).includes(name);

/** @param onlyConnection chosen beforehand: the only one, or the one just made. */
export function whereValuesOf(plan: CampaignDraft, onlyConnection: string | undefined): WhereValues {
  const made = plan.audience && 'new' in plan.audience ? plan.audience.new : undefined;
  return {
    connectionId: plan.connectionId ?? onlyConnection ?? '',
    adAccountId: plan.adAccountId ?? '',
    adAccountName: plan.adAccountName ?? '',
    audienceKind: plan.audience && 'existing' in plan.audience ? 'existing' : 'new',
    newName: made?.name ?? plan.name?.slice(0, 100) ?? '',
    newDescription: made?.description ?? '',
    existing: plan.audience && 'existing' in plan.audience ? plan.audience.existing : '',
    mode: plan.mode ?? 'mirror',
    adSets: plan.adSets ?? [],
    identifiers: plan.identifiers ?? [...identifiers],
    options: optionValuesOf(plan),
    live: plan.trigger !== undefined,
  };
}

/** The part of the draft these values make; what is not chosen yet is left out of it. */
export function wherePatchOf(values: WhereValues): CampaignDraft {
  const everything = values.identifiers.length === identifiers.length;
  return {
    connectionId: values.connectionId || undefined,
    adAccountId: values.adAccountId || undefined,
    adAccountName: values.adAccountName || undefined,
    audience: audienceOf(values),
    mode: values.mode,
    ...meantOptions(values),
    adSets: values.adSets,
    identifiers: everything || !values.identifiers.some(reaches) ? undefined : values.identifiers,
  };
}

/** Without what is not shown: how long somebody stays is a matter of WHO where it is live; only a new audience has values. */
function meantOptions({
  options,
  mode,
  live,
  audienceKind,
}: Pick<WhereValues, 'options' | 'mode' | 'live' | 'audienceKind'>): Partial<CampaignDraft> {
  const { stayDays, ...others } = optionPatchOf(options, mode);
  const chosen = live || stayDays === undefined ? others : { stayDays, ...others };
  return live || audienceKind === 'existing' ? { ...chosen, valueFrom: null } : chosen;
}

/** What cannot be meant together. */
function contradictionsOf(values: Pick<WhereValues, 'mode' | 'audienceKind' | 'options' | 'live'>) {
  const { mode, audienceKind, live } = values;
  const audience = audienceKind === 'existing' ? { existing: '0' } : { new: { name: '-' } };
  return contradictions({ ...defaultOptions, atEnd: 'keep', ...meantOptions(values), mode, audience, live });
}

function audienceOf(values: WhereValues): CampaignDraft['audience'] {
  if (values.audienceKind === 'existing') return values.existing ? { existing: values.existing } : undefined;
  const name = values.newName.trim();
  const description = values.newDescription.trim();
  if (!name || name.length > 100 || description.length > 60) return undefined;
  return { new: { name, ...(description ? { description } : {}) } };
}
