import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MemberSet } from './member-set';

/** The member files of all audiences; a file is read when its audience is first touched. */
export class MemberStore {
  private readonly open = new Map<string, MemberSet>();

  constructor(private readonly dir: string) {
    mkdirSync(dir, { recursive: true });
  }

  /** The members of an audience's generation (a finished replace starts the next one). */
  of(audienceId: string, generation: number): MemberSet {
    const name = `${audienceId}-${generation}.rows`;
    let set = this.open.get(name);
    if (!set) {
      set = new MemberSet(join(this.dir, name));
      this.open.set(name, set);
    }
    return set;
  }

  discard(audienceId: string, generation: number): void {
    this.of(audienceId, generation).discard();
    this.open.delete(`${audienceId}-${generation}.rows`);
  }

  clear(): void {
    this.close();
    for (const name of readdirSync(this.dir)) rmSync(join(this.dir, name));
  }

  close(): void {
    for (const set of this.open.values()) set.close();
    this.open.clear();
  }
}
