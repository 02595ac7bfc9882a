'use client';

import { ArrowLeft, ArrowRight, CircleAlert, CloudCheck, LoaderCircle } from 'lucide-react';
import Link from 'next/link';
import type { FormEvent, ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import type { DraftSaving, SavingState } from './draft-saving';
import { stepBefore, type WizardStep, wizardSteps } from './draft-steps';

type Props = {
  step: WizardStep;
  id: string;
  saving: DraftSaving;
  onSubmit: (event: FormEvent) => void | Promise<void>;
  children: ReactNode;
};

/** A step's question, its fields, and the bar with Back, the saved state and Continue. Enter continues. */
export function StepForm({ step, id, saving, onSubmit, children }: Props) {
  const before = stepBefore(step);
  return (
    <form noValidate onSubmit={(event) => void onSubmit(event)} className="grid grid-cols-1 gap-8">
      <StepQuestion step={step} />
      {children}
      <div className="sticky bottom-[calc(3.6rem+env(safe-area-inset-bottom))] z-20 -mx-4 md:bottom-0 flex items-center gap-3 border-t bg-background/95 px-4 py-3 backdrop-blur sm:mx-0 sm:px-0">
        {before && (
          <Button asChild variant="ghost">
            <Link href={`/campaigns/${id}/edit/${before}`}>
              <ArrowLeft aria-hidden /> Back
            </Link>
          </Button>
        )}
        <SavedMark state={saving.state} retry={() => void saving.flush()} />
        <Button type="submit" className="ml-auto">
          Continue <ArrowRight aria-hidden />
        </Button>
      </div>
    </form>
  );
}

export function StepQuestion({ step }: { step: WizardStep }) {
  return <h2 className="font-semibold text-lg tracking-tight">{wizardSteps.find((one) => one.key === step)?.question}</h2>;
}

/** Whether the draft is safe; always in sight. */
export function SavedMark({ state, retry }: { state: SavingState; retry: () => void }) {
  return (
    <span role="status" className="flex min-w-0 items-center gap-1.5 text-muted-foreground text-sm">
      {state.kind === 'saved' && (
        <>
          <CloudCheck className="size-4 shrink-0" aria-hidden /> Draft saved
        </>
      )}
      {state.kind === 'saving' && (
        <>
          <LoaderCircle className="size-4 shrink-0 animate-spin" aria-hidden /> Saving…
        </>
      )}
      {state.kind === 'invalid' && (
        <>
          <CircleAlert className="size-4 shrink-0" aria-hidden /> Not saved yet: see the marked field
        </>
      )}
      {state.kind === 'failed' && (
        <>
          <CircleAlert className="size-4 shrink-0 text-destructive" aria-hidden />
          <span className="truncate">Not saved: {state.message}</span>
          <button type="button" className="shrink-0 underline underline-offset-2" onClick={retry}>
            Try again
          </button>
        </>
      )}
    </span>
  );
}

/** One decision of a step. */
export function StepSection({ title, line, children }: { title: string; line?: string; children: ReactNode }) {
  return (
    <section className="grid grid-cols-1 gap-3">
      <div>
        <h3 className="font-medium">{title}</h3>
        {line && <p className="text-muted-foreground text-sm">{line}</p>}
      </div>
      {children}
    </section>
  );
}
