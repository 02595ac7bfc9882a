import { expect, it } from 'vitest';
import { faultsOf, missingFromLock } from './house-rules';

const messages = (file: string, text: string) => faultsOf(file, text).map((fault) => fault.message);

it.each([
  ['lib/segment/compile.ts', "import { env } from '@/lib/env';"],
  ['lib/schedule/occurrences.ts', "import fs from 'node:fs';"],
  ['db/runs.ts', "import { tick } from '@/lib/sync/tick';"],
  ['lib/facebook/ads.ts', "import { database } from '@/db/open';"],
  ['lib/sync/tick.ts', "import { cookies } from 'next/headers';"],
  ['components/ui/button.tsx', "import { describe } from '@/lib/segment/describe';"],
  ['components/campaign/list.tsx', "import { requireUser } from '@/lib/auth';"],
  ['app/page.tsx', "import { seed } from '@/sandbox/seed';"],
  ['sandbox/server.ts', "import { z } from 'zod';"],
])('refuses an import that crosses a bound: %s', (file, text) => {
  expect(messages(file, text).join()).toContain('may not import');
});

it('lets types cross, and imports of several lines be seen whole', () => {
  expect(messages('lib/segment/compile.ts', "import type { WorkspaceId } from '@/lib/auth';")).toEqual([]);
  expect(messages('components/run/x.tsx', "import type {\n  Run,\n} from '@/db/runs';")).toEqual([]);
  expect(messages('components/run/x.tsx', "import {\n  log,\n} from '@/lib/log';").join()).toContain('may not import');
});

it('refuses names that say nothing, long files, long functions and stray environment', () => {
  expect(messages('lib/utils.ts', '').join()).toContain('find the noun');
  expect(messages('components/index.ts', '').join()).toContain('find the noun');
  expect(messages('lib/a.ts', 'x\n'.repeat(401)).join()).toContain('401 lines');
  expect(messages('lib/a.ts', `export function long(): void {\n${'  x();\n'.repeat(60)}}\n`).join()).toContain('62 lines');
  expect(messages('lib/a.ts', `export function short(): void {\n${'  x();\n'.repeat(50)}}\n`)).toEqual([]);
  expect(messages('lib/a.ts', 'const port = process.env.PORT;').join()).toContain('lib/env.ts');
});

it('misses no platform in the lock file', () => {
  const lock = {
    packages: { '': {}, 'node_modules/a': { optionalDependencies: { 'a-linux': '1', 'a-mac': '1' } }, 'node_modules/a-linux': {} },
  };
  expect(missingFromLock(lock)).toEqual(['a-mac (wanted by node_modules/a)']);
});
