import { AppError } from '@/lib/errors';

/** One request's share of a write; settled when it is stored, or refused for reasons of its own. */
type Waiting<K, T> = { key: K; items: readonly T[]; resolve: () => void; reject: (error: unknown) => void };

export type QueueOptions<K, T> = {
  /** Stores the items durably, all or none. Called again with one request's items alone when it threw. */
  write: (key: K, items: T[]) => Promise<unknown>;
  /** Items of one write: where set-based statements no longer gain. */
  largestWrite: number;
  /** Items waiting, all keys together: beyond, new ones are refused with AppError busy. */
  mostWaiting: number;
  /** Writes under way at once. */
  lanes: number;
};

/**
 * Group commit: requests that arrive while writes are under way join the next one, so that under load a transaction is shared by many
 * requests and at rest none waits. Items of one key are written in the order they came, but for what runs in parallel lanes.
 */
export class WriteQueue<K, T> {
  private readonly waiting: Waiting<K, T>[] = [];
  private waitingItems = 0;
  private running = 0;

  constructor(private readonly options: QueueOptions<K, T>) {}

  /** Resolves after commit. @throws AppError busy when too much is waiting, or whatever the write of these very items throws. */
  push(key: K, items: readonly T[]): Promise<void> {
    if (this.waitingItems > 0 && this.waitingItems + items.length > this.options.mostWaiting) {
      return Promise.reject(new AppError('busy', 'More arrives than can be stored. Try again in a moment.'));
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ key, items, resolve, reject });
      this.waitingItems += items.length;
      if (this.running < this.options.lanes) {
        this.running += 1;
        void this.work();
      }
    });
  }

  private async work(): Promise<void> {
    for (let group = this.take(); group; group = this.take()) await this.store(group);
    this.running -= 1;
  }

  /** The oldest request and those of the same key behind it that fit. */
  private take(): Waiting<K, T>[] | null {
    const first = this.waiting[0];
    if (!first) return null;
    const group: Waiting<K, T>[] = [];
    let size = 0;
    let at = 0;
    while (at < this.waiting.length) {
      const next = this.waiting[at] as Waiting<K, T>;
      if (next.key !== first.key) at += 1;
      else if (size > 0 && size + next.items.length > this.options.largestWrite) break;
      else {
        group.push(next);
        size += next.items.length;
        this.waiting.splice(at, 1);
      }
    }
    this.waitingItems -= size;
    return group;
  }

  private async store(group: Waiting<K, T>[]): Promise<void> {
    const [first] = group;
    if (!first) return;
    try {
      await this.options.write(
        first.key,
        group.flatMap((waiting) => waiting.items),
      );
      for (const waiting of group) waiting.resolve();
    } catch (error) {
      if (group.length === 1) first.reject(error);
      // One request's poison must not cost its neighbours anything: each is tried by itself.
      else for (const waiting of group) await this.store([waiting]);
    }
  }
}
