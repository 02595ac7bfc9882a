import { expect, it } from 'vitest';
import { reasonsOf, rejectLines } from './reject-file';

async function* lines(...list: string[]) {
  yield* list;
}

it('puts the rows of the file beside the reasons of the server', async () => {
  const reasons = reasonsOf('line,reason\r\n2,Not a valid email.\r\n4,"Not a valid phone number, or its country code is missing."\r\n');
  expect((await rejectLines(lines('email', 'nobody', 'a@b.de', '"x ""y"", z"', 'c@d.de'), reasons)).join('')).toBe(
    'line,reason,row\r\n2,Not a valid email.,nobody\r\n4,"Not a valid phone number, or its country code is missing.","""x """"y"""", z"""\r\n',
  );
});
