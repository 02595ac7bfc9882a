import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';

/** Every kind of record has an id that is unique in its table. */
export interface Keyed {
  id: string;
}

/**
 * Small records on disk: one append-only file of JSON lines `[table, id, record | null]`, the last line of an id wins.
 * A put has been handed to the operating system when it returns, so it outlives a SIGKILL of this process.
 */
export class Journal {
  private readonly tables = new Map<string, Map<string, Keyed>>();
  private fd: number;
  private lines = 0;

  constructor(private readonly path: string) {
    if (existsSync(path)) this.replay();
    this.fd = openSync(path, 'a');
    this.compact();
  }

  table<T extends Keyed>(name: string): Table<T> {
    let rows = this.tables.get(name);
    if (!rows) {
      rows = new Map();
      this.tables.set(name, rows);
    }
    return new Table<T>(this, name, rows as Map<string, T>);
  }

  append(table: string, id: string, record: Keyed | null): void {
    writeSync(this.fd, `${JSON.stringify([table, id, record])}\n`);
    this.lines += 1;
    if (this.lines > 20_000 && this.lines > this.size() * 4) this.compact();
  }

  /** Forgets everything. */
  clear(): void {
    for (const rows of this.tables.values()) rows.clear();
    this.compact();
  }

  close(): void {
    fsyncSync(this.fd);
    closeSync(this.fd);
  }

  private size(): number {
    let size = 0;
    for (const rows of this.tables.values()) size += rows.size;
    return size;
  }

  private replay(): void {
    for (const line of readFileSync(this.path, 'utf8').split('\n')) {
      if (line === '') continue;
      let entry: [string, string, Keyed | null];
      try {
        entry = JSON.parse(line) as [string, string, Keyed | null];
      } catch {
        continue; // the torn last line of a killed process: its request was never answered
      }
      const [table, id, record] = entry;
      const rows = this.tables.get(table) ?? new Map<string, Keyed>();
      this.tables.set(table, rows);
      if (record === null) rows.delete(id);
      else rows.set(id, record);
    }
  }

  /** Writes the live records to a new file and moves it into place; a crash leaves the old or the new file, both whole. */
  private compact(): void {
    const lines: string[] = [];
    for (const [table, rows] of this.tables) {
      for (const [id, record] of rows) lines.push(JSON.stringify([table, id, record]));
    }
    const next = `${this.path}.next`;
    writeFileSync(next, lines.length > 0 ? `${lines.join('\n')}\n` : '');
    renameSync(next, this.path);
    closeSync(this.fd);
    this.fd = openSync(this.path, 'a');
    this.lines = lines.length;
  }
}

/** One kind of record. Records are values: change one by putting a new one. */
export class Table<T extends Keyed> {
  constructor(
    private readonly journal: Journal,
    private readonly name: string,
    private readonly rows: Map<string, T>,
  ) {}

  get(id: string): T | undefined {
    return this.rows.get(id);
  }

  all(): T[] {
    return [...this.rows.values()];
  }

  where(test: (record: T) => boolean): T[] {
    return this.all().filter(test);
  }

  put(record: T): T {
    this.rows.set(record.id, record);
    this.journal.append(this.name, record.id, record);
    return record;
  }

  delete(id: string): void {
    if (this.rows.delete(id)) this.journal.append(this.name, id, null);
  }
}
