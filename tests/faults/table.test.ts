import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { faultNames, faults, happens, stepNames, steps } from './steps';
import { docsFile, readTable } from './table';

it('docs/runs.md lists the faults and steps that are played, each as one that held, and five hundred kills', async () => {
  const table = readTable(await readFile(path.resolve(import.meta.dirname, '..', '..', docsFile), 'utf8'));
  expect(table.steps).toEqual(stepNames.map((step) => steps[step]));
  expect(table.rows.map((row) => row.fault)).toEqual(faultNames.map((fault) => faults[fault]));
  table.rows.forEach((row, i) => {
    const fault = faultNames[i];
    expect(row.held.map((cell) => /^[1-9]\d*$/.test(cell))).toEqual(stepNames.map((step) => fault !== undefined && happens(fault, step)));
  });
  expect(Number(/(\d[\d,]*) kills/.exec(table.story)?.[1]?.replaceAll(',', ''))).toBeGreaterThanOrEqual(500);
});
