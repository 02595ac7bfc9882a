import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** One answered (or dropped) call. No token, no digest, no identifier, no query string. */
export interface LoggedRequest {
  seq: number;
  /** Simulated clock, ISO 8601. */
  at: string;
  method: string;
  path: string;
  version: string | null;
  /** 0: the connection was dropped or left unanswered. */
  status: number;
  ms: number;
  bytes: number;
  personId?: string;
  accountId?: string;
  audienceId?: string;
  code?: number;
  subcode?: number;
  traceId?: string;
  rows?: number;
  invalid?: number;
  added?: number;
  removed?: number;
  sessionId?: string;
  batchSeq?: number;
  last?: boolean;
  fault?: string;
  /** Whether the call was carried out (false: refused, or dropped before). */
  effect?: boolean;
}

const kept = 5_000;

export class RequestLog {
  private entries: LoggedRequest[] = [];
  private onDisk = 0;
  private nextSeq = 1;

  constructor(private readonly path: string) {
    if (!existsSync(path)) return;
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      try {
        if (line !== '') this.entries.push(JSON.parse(line) as LoggedRequest);
      } catch {
        // the torn last line of a killed process
      }
    }
    this.nextSeq = (this.entries.at(-1)?.seq ?? 0) + 1;
    this.trim();
    this.rewrite();
  }

  add(entry: Omit<LoggedRequest, 'seq'>): void {
    const whole = { seq: this.nextSeq, ...entry };
    this.nextSeq += 1;
    this.entries.push(whole);
    appendFileSync(this.path, `${JSON.stringify(whole)}\n`);
    this.onDisk += 1;
    if (this.entries.length > kept * 2) this.trim();
    if (this.onDisk > kept * 4) this.rewrite();
  }

  /** Oldest first. */
  since(seq: number): LoggedRequest[] {
    return this.entries.filter((entry) => entry.seq > seq);
  }

  clear(): void {
    this.entries = [];
    this.onDisk = 0;
    rmSync(this.path, { force: true });
  }

  private trim(): void {
    if (this.entries.length > kept) this.entries = this.entries.slice(-kept);
  }

  private rewrite(): void {
    writeFileSync(`${this.path}.next`, this.entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    renameSync(`${this.path}.next`, this.path);
    this.onDisk = this.entries.length;
  }
}
