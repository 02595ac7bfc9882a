'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import type { Answer, Page } from './facebook-views';

export type PagedSearch<T> = {
  search: string;
  setSearch: (text: string) => void;
  items: T[];
  state: 'loading' | 'ready' | 'failed';
  message: string;
  /** Asks for the next page; null on the last. */
  more: (() => void) | null;
  retry: () => void;
};

const pauseMs = 250;

/** A list that is searched and paged at the other end. Answers that come after a newer question are dropped. */
export function usePagedSearch<T>(ask: (query: { search?: string; after?: string }) => Promise<Answer<Page<T>>>): PagedSearch<T> {
  const [search, setSearch] = useState('');
  const [items, setItems] = useState<T[]>([]);
  const [after, setAfter] = useState<string>();
  const [state, setState] = useState<PagedSearch<T>['state']>('loading');
  const [message, setMessage] = useState('');
  const question = useRef(0);

  const load = useCallback(
    async (query: { search?: string; after?: string }) => {
      const mine = ++question.current;
      setState('loading');
      const answer = await ask(query).catch(() => ({ ok: false as const, message: 'Beckon could not be reached.' }));
      if (mine !== question.current) return;
      if (answer.ok) {
        setItems((before) => (query.after ? [...before, ...answer.data.items] : answer.data.items));
        setAfter(answer.data.after);
      } else setMessage(answer.message);
      setState(answer.ok ? 'ready' : 'failed');
    },
    [ask],
  );

  const first = useRef(true);
  useEffect(() => {
    const timer = setTimeout(() => void load({ search: search.trim() || undefined }), first.current ? 0 : pauseMs);
    first.current = false;
    return () => clearTimeout(timer);
  }, [load, search]);

  return {
    search,
    setSearch,
    items,
    state,
    message,
    more: after ? () => void load({ search: search.trim() || undefined, after }) : null,
    retry: () => void load({ search: search.trim() || undefined }),
  };
}
