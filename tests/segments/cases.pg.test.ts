import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDefinition } from '@/lib/segment/definition';
import { testDatabase } from '@/tests/support/database';
import type { CaseFile } from '@/tests/support/segment-difference';
import { namesOf, qualifyingIds, selectedIds, store } from '@/tests/support/segment-population';

/** Every difference the random definitions have found, as it was shrunk; with the answer, so that neither side can change it. */
const folder = path.join(import.meta.dirname, 'cases');
const files = readdirSync(folder).map((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as CaseFile);

const { db } = await testDatabase();

describe.each(files)('$why', (file) => {
  it.each(file.questions.map((question) => [JSON.stringify(question.definition), question]))('no more: %s', async (_, question) => {
    const population = await store(db, file);
    const definition = parseDefinition(question.definition);
    const at = new Date(question.at);
    expect(namesOf(population, qualifyingIds(population, definition, at))).toEqual(question.members);
    expect(namesOf(population, await selectedIds(population, definition, at))).toEqual(question.members);
  });
});
