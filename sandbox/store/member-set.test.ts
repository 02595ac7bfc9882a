import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeRow } from '../graph/row-check';
import { type Column, columnOf } from './columns';
import { MemberSet } from './member-set';
import { RowEncoder } from './row-codec';

const keys = ['EXTERN_ID', 'EMAIL', 'PHONE', 'FN'];
const personal = ['EXTERN_ID', 'EMAIL', 'PHONE'];
const columns = keys.map((key) => columnOf(key)).filter((column): column is Column => column !== undefined);
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const cellOf = (key: string, value: string): string => (value === '' ? '' : key === 'EXTERN_ID' ? value : digest(`${key}${value}`));

/** What the set must do, in the plainest way. */
class Model {
  rows: Record<string, string>[] = [];

  private same(a: Record<string, string>, b: Record<string, string>): boolean {
    return keys.every((key) => (a[key] ?? '') === (b[key] ?? ''));
  }

  add(row: Record<string, string>): void {
    if (!this.rows.some((other) => this.same(row, other))) this.rows.push(row);
  }

  remove(row: Record<string, string>): void {
    const given = personal.filter((key) => row[key] !== undefined);
    this.rows = this.rows.filter((other) => {
      if (given.length > 0) return !given.some((key) => other[key] === row[key]);
      return !this.same(row, other);
    });
  }
}

const small = fc.constantFrom('', '1', '2', '3', '4');
const rowText = fc.record({ EXTERN_ID: fc.constantFrom('x1', 'x2', 'x3', 'x4', 'x5', 'x6'), EMAIL: small, PHONE: small, FN: small });
const step = fc.oneof(
  fc.record({ do: fc.constant('add' as const), withId: fc.boolean(), rows: fc.array(rowText, { minLength: 1, maxLength: 6 }) }),
  fc.record({ do: fc.constant('remove' as const), withId: fc.boolean(), rows: fc.array(rowText, { minLength: 1, maxLength: 2 }) }),
  fc.record({ do: fc.constant('reopen' as const), withId: fc.constant(false), rows: fc.constant([]) }),
);

function apply(set: MemberSet, model: Model, doing: 'add' | 'remove', schema: Column[], rows: Record<string, string>[]): void {
  const encoder = new RowEncoder();
  const taken: number[] = [];
  let added = 0;
  for (const row of rows) {
    const cells = schema.map((column) => cellOf(column.key, row[column.key] ?? ''));
    const filled = Object.fromEntries(schema.map((column, i) => [column.key, cells[i] ?? '']).filter(([, cell]) => cell !== ''));
    const start = encoder.length;
    if (encodeRow(cells, schema, encoder, true) !== null) continue;
    if (doing === 'remove') {
      set.take(encoder, taken);
      model.remove(filled);
      encoder.length = start;
    } else if (set.has(encoder)) {
      encoder.length = start;
      model.add(filled);
    } else {
      set.enter(encoder);
      added += 1;
      model.add(filled);
    }
  }
  set.writeAdded(schema, added, encoder.buffer.subarray(0, encoder.length));
  set.writeRemoved(taken);
}

const byText = (rows: Record<string, unknown>[]): string[] => rows.map((row) => JSON.stringify(Object.entries(row).sort())).sort();

test('holds what the plain model holds, over any adding, removing and reopening', () => {
  const dir = mkdtempSync(join(tmpdir(), 'member-set-'));
  let file = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      file += 1;
      const path = join(dir, `${file}.rows`);
      let set = new MemberSet(path);
      const model = new Model();
      for (const { do: doing, withId, rows } of steps) {
        if (doing === 'reopen') {
          set.close();
          set = new MemberSet(path);
        } else apply(set, model, doing, withId ? columns : columns.slice(1), rows);
        expect(set.count).toBe(model.rows.length);
      }
      expect(byText([...set.rows()])).toEqual(byText(model.rows));
      set.discard();
    }),
    { numRuns: 300 },
  );
  rmSync(dir, { recursive: true });
});
