import { type Cell, type Fault, faultNames, faults, happens, type Step, stepNames, steps } from './steps';

/** The table of faults and steps in docs/runs.md: written by `npm run faults -- --write`, read back by a test. Pure. */

const begin = '<!-- faults: written by npm run faults -- --write -->';
const end = '<!-- /faults -->';

export const docsFile = 'docs/runs.md';

export type Tally = { held: ReadonlyMap<string, number>; story: string };

export const keyOf = ({ fault, step }: Cell): string => `${fault} ${step}`;

function tableText({ held, story }: Tally): string {
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const cellOf = (fault: Fault, step: Step) => (happens(fault, step) ? String(held.get(keyOf({ fault, step })) ?? 0) : '–');
  return [
    begin,
    row(['', ...stepNames.map((step) => steps[step])]),
    row(['---', ...stepNames.map(() => '---')]),
    ...faultNames.map((fault) => row([faults[fault], ...stepNames.map((step) => cellOf(fault, step))])),
    '',
    story,
    end,
  ].join('\n');
}

/** @throws where the document has no place for it. */
export function withTable(document: string, tally: Tally): string {
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error('there is no place for the table');
  return document.slice(0, from) + tableText(tally) + document.slice(to + end.length);
}

export type ReadTable = { steps: string[]; rows: { fault: string; held: string[] }[]; story: string };

export function readTable(document: string): ReadTable {
  const lines = document.slice(document.indexOf(begin), document.indexOf(end)).split('\n').slice(1);
  const cellsOf = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const [head = [], , ...rows] = lines.filter((line) => line.startsWith('|')).map(cellsOf);
  return {
    steps: head.slice(1),
    rows: rows.map(([fault = '', ...held]) => ({ fault, held })),
    story: lines.filter((line) => line !== '' && !line.startsWith('|')).join(' '),
  };
}
