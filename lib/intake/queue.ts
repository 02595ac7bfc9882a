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
  /** Writes under way at once, each of another key. */
  lanes: number;
};

export type Part<K, T> = { key: K; items: readonly T[] };

/**
 * Group commit: requests that arrive while writes are under way join the next one, so that under load a transaction is shared by many
 * requests and at rest none waits. A key has one write at a time, so its items are stored in the order they came.
 */
export class WriteQueue<K, T> {
  private waiting: Waiting<K, T>[] = [];
  private waitingItems = 0;
  private readonly writing = new Set<K>();

  constructor(private readonly options: QueueOptions<K, T>) {}

  /**
   * One request, of one part or several. Resolves after the commit of all. @throws AppError busy, with nothing taken, when too much is
   * waiting; or whatever the write of these very items throws.
   */
  async push(parts: readonly Part<K, T>[]): Promise<void> {
    const size = parts.reduce((sum, part) => sum + part.items.length, 0);
    if (this.waitingItems > 0 && this.waitingItems + size > this.options.mostWaiting) {
      throw new AppError('busy', 'More arrives than can be stored. Try again in a moment.');
    }
    const stored = parts.map(
      ({ key, items }) => new Promise<void>((resolve, reject) => this.waiting.push({ key, items, resolve, reject })),
    );
    this.waitingItems += size;
    this.start();
    await Promise.all(stored);
  }

  private start(): void {
    while (this.writing.size < this.options.lanes) {
      const group = this.take();
      if (!group) return;
      const { key } = group[0] as Waiting<K, T>;
      this.writing.add(key);
      void this.store(group).then(() => {
        this.writing.delete(key);
        this.start();
      });
    }
  }

  /** Of the keys that are not being written the oldest request, and those of the same key behind it that fit. */
  private take(): Waiting<K, T>[] | null {
    const first = this.waiting.find((waiting) => !this.writing.has(waiting.key));
    if (!first) return null;
    const group: Waiting<K, T>[] = [];
    let size = 0;
    let full = false;
    const left = this.waiting.filter((next) => {
      full ||= next.key === first.key && size > 0 && size + next.items.length > this.options.largestWrite;
      if (full || next.key !== first.key) return true;
      group.push(next);
      size += next.items.length;
      return false;
    });
    this.waiting = left;
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
