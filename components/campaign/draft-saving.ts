'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import type { CampaignDraft } from '@/lib/campaign/plan';

export type SavingState = { kind: 'saved' } | { kind: 'saving' } | { kind: 'invalid' } | { kind: 'failed'; message: string };
export type SavePatch = (input: { id: string; patch: CampaignDraft }) => Promise<{ ok: true } | { ok: false; message: string }>;

export type DraftSaving = {
  state: SavingState;
  /** Takes part of the draft; sent after a short pause, later parts over earlier ones. */
  change: (patch: CampaignDraft) => void;
  /** The step holds something that cannot be saved as it is. */
  hold: () => void;
  /** Sends what is pending. @returns false when it could not be saved. */
  flush: () => Promise<boolean>;
};

const pauseMs = 400;

/** Saves a draft while it is being edited: nothing is lost by a reload, a second tab or leaving the page. */
export function useDraftSaving(id: string, save: SavePatch): DraftSaving {
  const [state, setState] = useState<SavingState>({ kind: 'saved' });
  const pending = useRef<CampaignDraft | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const sending = useRef<Promise<boolean>>(Promise.resolve(true));

  const send = useCallback(async () => {
    const patch = pending.current;
    if (!patch) return true;
    pending.current = null;
    setState({ kind: 'saving' });
    const result = await save({ id, patch }).catch(() => ({ ok: false as const, message: 'Beckon could not be reached.' }));
    if (!result.ok) pending.current = { ...patch, ...(pending.current ?? {}) };
    setState(result.ok ? { kind: pending.current ? 'saving' : 'saved' } : { kind: 'failed', message: result.message });
    return result.ok;
  }, [id, save]);

  const flush = useCallback(() => {
    clearTimeout(timer.current);
    sending.current = sending.current.then(send);
    return sending.current;
  }, [send]);

  const change = useCallback(
    (patch: CampaignDraft) => {
      pending.current = { ...(pending.current ?? {}), ...patch };
      setState({ kind: 'saving' });
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void flush(), pauseMs);
    },
    [flush],
  );

  const hold = useCallback(() => setState({ kind: 'invalid' }), []);

  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (!pending.current) return;
      void flush();
      event.preventDefault();
    };
    window.addEventListener('beforeunload', warn);
    return () => {
      window.removeEventListener('beforeunload', warn);
      if (pending.current) void flush();
    };
  }, [flush]);

  return { state, change, hold, flush };
}
