import { expect, test } from 'vitest';
import { csvLine } from './csv-line';

test('quotes what needs it and never hands a spreadsheet a formula', () => {
  expect(csvLine(['u1', 'a,b', 'say "hi"', '=1+1', 'line\nbreak', ''])).toBe('u1,"a,b","say ""hi""",\'=1+1,"line\nbreak",\r\n');
});
