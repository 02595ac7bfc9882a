import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Of Linux, everywhere: its unit in /proc. */
const tickMs = 10;

/**
 * Processor time that the server's processes have taken so far, in steps of 10 ms; null where there is no /proc. Unlike the time that passes
 * it hardly depends on what else the machine does.
 */
export function serverMs(clusterDir: string): number | null {
  const postmaster = Number(readFileSync(path.join(clusterDir, 'pg18', 'postmaster.pid'), 'utf8').split('\n')[0]);
  const own = timesOf(postmaster);
  if (!own) return null;
  // Of those that have ended it keeps the sum.
  let ticks = own.spent + own.ended;
  for (const name of readdirSync('/proc')) {
    const child = /^\d+$/.test(name) ? timesOf(Number(name)) : null;
    if (child?.parent === postmaster) ticks += child.spent;
  }
  return ticks * tickMs;
}

/** proc(5), stat: after the name in brackets come state, parent, …, and as 12th to 15th the ticks. */
function timesOf(pid: number): { parent: number; spent: number; ended: number } | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ').map(Number) ?? [];
    const [, parent = 0] = fields;
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15);
    return { parent, spent: user + system, ended: endedUser + endedSystem };
  } catch {
    return null;
  }
}
