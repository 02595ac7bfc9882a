/** `npm run house`: holds the rules of house-rules.ts over every file that git knows. No exception list. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { faultsOf, missingFromLock } from './house-rules';

const root = path.resolve(import.meta.dirname, '..');
const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' });
const files = listed
  .split('\n')
  .filter((file) => /\.(tsx?|mjs)$/.test(file) && !file.startsWith('db/migrations/') && existsSync(path.join(root, file)));

const faults = files.flatMap((file) => faultsOf(file, readFileSync(path.join(root, file), 'utf8')));
const lost = missingFromLock(
  JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as Parameters<typeof missingFromLock>[0],
);

for (const { file, line, message } of faults) process.stdout.write(`${file}:${line} ${message}\n`);
for (const name of lost) process.stdout.write(`package-lock.json lacks ${name}\n`);
process.stdout.write(`${files.length} files, ${faults.length + lost.length} faults\n`);
process.exitCode = faults.length + lost.length > 0 ? 1 : 0;
