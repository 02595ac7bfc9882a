import type { CampaignDraft } from '@/lib/campaign/plan';

/** The wizard's steps in order; each says what its part of the draft still lacks. */
export const wizardSteps = [
  { key: 'who', title: 'Who', question: 'Who should see your ads?' },
  { key: 'when', title: 'When', question: 'When should the audience be brought up to date?' },
  { key: 'where', title: 'Where', question: 'Which ad account and ad sets?' },
  { key: 'overview', title: 'Overview', question: 'Everything in one place before it starts.' },
] as const;
export type WizardStep = (typeof wizardSteps)[number]['key'];

/** What is missing from each step, in words; an empty list means done. */
export function missingFrom(draft: CampaignDraft): Record<Exclude<WizardStep, 'overview'>, string[]> {
  const who = draft.segment || draft.definition || draft.trigger ? [] : ['Choose a saved segment or describe one.'];
  const when = draft.schedule ? [] : ['Choose when it runs.'];
  const where = [
    // Whoever names an account by the API need not name the connection: the workspace's stands for it.
    ...(draft.connectionId || draft.adAccountId ? [] : ['Connect a Facebook account.']),
    ...(draft.adAccountId ? [] : ['Choose an ad account.']),
    ...(draft.audience ? [] : ['Name the audience or choose one.']),
  ];
  return { who, when, where };
}

export function isReady(draft: CampaignDraft): boolean {
  return Object.values(missingFrom(draft)).every((list) => list.length === 0);
}

/** The step after `step`; null after the last. */
export function stepAfter(step: WizardStep): WizardStep | null {
  const i = wizardSteps.findIndex((one) => one.key === step);
  return wizardSteps[i + 1]?.key ?? null;
}

export function stepBefore(step: WizardStep): WizardStep | null {
  const i = wizardSteps.findIndex((one) => one.key === step);
  return wizardSteps[i - 1]?.key ?? null;
}

/** Where an opened draft goes on: the first step that lacks something. */
export function firstOpenStep(draft: CampaignDraft): WizardStep {
  const missing = missingFrom(draft);
  return wizardSteps.find((step) => step.key !== 'overview' && missing[step.key].length > 0)?.key ?? 'overview';
}
