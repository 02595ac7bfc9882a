/**
 * `npm run faults`: every fault at every step, and kills at random until there are as many as asked for. --kills N (500), --app N: of them of
 * the built app (6), --seed N (drawn), --write: the table in docs/runs.md. With --members N (and --kills N, 5) instead: one campaign of so many.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    kills: { type: 'string' },
    app: { type: 'string', default: '6' },
    seed: { type: 'string' },
    members: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});

const large = values.members !== undefined;
const variables: Record<string, string> = large
  ? { FAULT_MEMBERS: values.members ?? '', FAULT_KILLS: values.kills ?? '5' }
  : { FAULT_KILLS: values.kills ?? '500', FAULT_APP_KILLS: values.app, FAULT_CELLS: 'all', ...(values.write ? { FAULT_WRITE: '1' } : {}) };
if (values.seed !== undefined) variables.FAULT_SEED = values.seed;

const file = `tests/faults/${large ? 'large' : 'faults'}.test.ts`;
const vitest = path.resolve(import.meta.dirname, '..', '..', 'node_modules', 'vitest', 'vitest.mjs');
const child = spawn(process.execPath, [vitest, 'run', file, '--reporter=verbose', '--silent=passed-only', '--testTimeout=7200000'], {
  stdio: 'inherit',
  env: { ...process.env, ...variables },
});
child.once('exit', (code) => process.exit(code ?? 1));
