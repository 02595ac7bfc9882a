/** The table of who may import whom (CONTRIBUTING.md), as data, and the other rules a script can hold. Pure. */

type Rule = {
  /** Files it holds for: a path begins with one of these. */
  for: string[];
  except?: RegExp;
  /** Imports that must not stand there. */
  never: RegExp;
  because: string;
};

const pure = [
  'lib/identity/',
  'lib/intake/',
  'lib/segment/',
  'lib/schedule/',
  'lib/campaign/plan.ts',
  'lib/facebook/row.ts',
  'lib/facebook/errors.ts',
  'lib/facebook/usage.ts',
  'lib/alerts/alert.ts',
  'lib/alerts/messages.ts',
  'lib/sync/run-state.ts',
  'lib/sync/backoff.ts',
  'lib/sync/failure.ts',
  'lib/errors.ts',
];

export const importRules: Rule[] = [
  {
    for: pure,
    except: /^lib\/intake\/queue/,
    never:
      /^(next|react|postgres|pino|node-cron|facebook-nodejs-business-sdk)(\/|$)|^node:(?!crypto$)|^@\/(app|components|scripts|sandbox|tests|bench)\/|^@\/lib\/(env|log|action|respond|engine|ticker)$/,
    because: 'the pure core knows no clock, network, environment, database client or React',
  },
  { for: pure, except: /^lib\/intake\/queue/, never: /^@\/db\/(?!schema$|catalogue$)/, because: 'the pure core knows the schema at most' },
  {
    for: ['db/'],
    never:
      /^(next|react)(\/|$)|^@\/(app|components|scripts|sandbox|tests|bench)\/|^@\/lib\/facebook\/(transport|ads|targeting|connect)$|^@\/lib\/sync\/(tick|advance-run|send)$/,
    because: 'queries know drizzle, the schema and the pure core',
  },
  {
    for: ['lib/facebook/transport.ts', 'lib/facebook/ads.ts', 'lib/facebook/targeting.ts', 'lib/facebook/connect.ts'],
    never: /^@\/db\/|^@\/lib\/env$/,
    because: 'origin, version and token are passed in',
  },
  { for: ['lib/sync/'], never: /^(next|react)(\/|$)|^@\/lib\/env$/, because: 'the engine is given its world' },
  { for: ['components/ui/'], never: /^@\/(?!components\/ui\/)/, because: 'components/ui knows no domain word' },
  {
    for: ['components/'],
    never:
      /^@\/(app|scripts|sandbox|tests|bench)\/|^@\/lib\/(env|auth|action|respond|engine|ticker|log|crypto|session-options)$|^@\/db\/open$|^node:/,
    because: 'the browser must not pull in the server; actions arrive as props',
  },
  {
    for: ['app/', 'scripts/', 'lib/', 'db/', 'components/', 'proxy.ts', 'instrumentation.ts'],
    never: /^@\/(sandbox|tests)\//,
    because: 'the app knows neither the sandbox nor the tests',
  },
  {
    for: ['sandbox/'],
    except: /\.test\.ts$/,
    never: /^(?!node:|\.\.?\/)/,
    because: 'client and simulator must not share a misunderstanding: Node alone',
  },
];

const forbiddenNames = /(^|\/)(utils?|helpers?|common|misc|types|services|hooks)(\/|\.[a-z]+$)|(^|\/)index\.tsx?$/;

const mostLines = 400;
const mostFunctionLines = { '.ts': 60, '.tsx': 100 } as const;

export type Fault = { file: string; line: number; message: string };

const isTest = (file: string) => /\.test\.tsx?$/.test(file) || file.startsWith('tests/');

/** @param file path from the root, with slashes. */
export function faultsOf(file: string, text: string): Fault[] {
  const found: Fault[] = [];
  if (forbiddenNames.test(file)) found.push({ file, line: 1, message: 'a name that says nothing: find the noun' });
  const lines = text.split('\n');
  if (!isTest(file) && file !== 'db/schema.ts' && lines.length - 1 > mostLines)
    found.push({ file, line: mostLines, message: `${lines.length - 1} lines; at most ${mostLines}` });
  found.push(...importFaults(file, lines), ...environmentFaults(file, lines));
  if (!isTest(file)) found.push(...longFunctions(file, lines));
  return found;
}

function importFaults(file: string, lines: string[]): Fault[] {
  return importsOf(lines).flatMap(({ from, line, typeOnly }) =>
    importRules
      .filter(
        (rule) =>
          !typeOnly &&
          rule.for.some((place) => file.startsWith(place)) &&
          !rule.except?.test(file) &&
          !isTest(file) &&
          rule.never.test(from),
      )
      .map((rule) => ({ file, line, message: `may not import ${from}: ${rule.because}` })),
  );
}

type Import = { from: string; line: number; typeOnly: boolean };

/** Static and dynamic imports and re-exports; one that brings in types alone leaves nothing at run time. */
function importsOf(lines: string[]): Import[] {
  const found: Import[] = [];
  let start = 0;
  lines.forEach((line, i) => {
    if (/^(import|export)\b/.test(line)) start = i;
    const match = /(?:\bfrom\s+|^import\s+|\bimport\()['"]([^'"]+)['"]/.exec(line);
    if (!match?.[1]) return;
    found.push({
      from: match[1],
      line: i + 1,
      typeOnly: /^(import|export)\s+type\b/.test(lines[start] ?? '') && !line.includes('import('),
    });
  });
  return found;
}

const readsEnvironment = /\bprocess\.env\b/;
/** Who hands the environment on: the parser, what starts processes, and the tools' own settings. */
const mayReadEnvironment = /^(lib\/env\.ts|scripts\/|sandbox\/main\.ts|instrumentation\.ts|bench\/|tests\/|[a-z.-]+\.config\.)/;

function environmentFaults(file: string, lines: string[]): Fault[] {
  if (mayReadEnvironment.test(file) || isTest(file)) return [];
  return lines.flatMap((line, i) =>
    readsEnvironment.test(line) ? [{ file, line: i + 1, message: 'process.env is read in lib/env.ts alone' }] : [],
  );
}

/** By indentation, which the formatter guarantees: from a function's first line to the closing brace at the same depth. */
function longFunctions(file: string, lines: string[]): Fault[] {
  const most = mostFunctionLines[file.endsWith('.tsx') ? '.tsx' : '.ts'];
  const begins =
    /^(\s*)(export\s+)?(default\s+)?(async\s+)?(function\b|(const\s+\w+[^=]*=\s*)(async\s*)?(\([^)]*\)|\w+)\s*(:[^=]+)?=>\s*\{$|(private\s+|override\s+|async\s+|static\s+|get\s+)*\w+\([^)]*\)(:\s*[^{]+)?\s*\{$)/;
  return lines.flatMap((line, i) => {
    const match = begins.exec(line);
    if (!match || /^\s*(if|for|while|switch|return|catch)\b/.test(line)) return [];
    const indent = match[1] ?? '';
    const end = lines.findIndex((other, j) => j > i && new RegExp(`^${indent}\\}`).test(other) && !/^\s*\}\s*(\)|:|,)?\s*[:{]/.test(other));
    const length = end < 0 ? 0 : end - i + 1;
    return length > most ? [{ file, line: i + 1, message: `a function of ${length} lines; at most ${most}` }] : [];
  });
}

type Lock = { packages: Record<string, { optionalDependencies?: Record<string, string> }> };

/** npm leaves a platform's package out of the lock file without a word, and then nobody on that platform can install. */
export function missingFromLock(lock: Lock): string[] {
  const has = (from: string, name: string): boolean => {
    if (lock.packages[`${from ? `${from}/` : ''}node_modules/${name}`]) return true;
    if (!from) return false;
    const cut = from.lastIndexOf('/node_modules/');
    return has(cut < 0 ? '' : from.slice(0, cut), name);
  };
  return Object.entries(lock.packages).flatMap(([place, entry]) =>
    Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !has(place, name))
      .map((name) => `${name} (wanted by ${place || 'the project'})`),
  );
}
