import { spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** Small files are the server's own and read at its start anyway. */
const leastBytes = 1_000_000;

/**
 * Asks the system to drop a stopped cluster's files from its page cache, by GNU dd's `iflag=nocache` (posix_fadvise): no root, and the
 * neighbours' files stay. @returns false where there is no such dd: then only the server itself is cold.
 */
export async function dropFromCache(dir: string): Promise<boolean> {
  for (const file of await largeFiles(dir)) {
    const dropped = await run('dd', [`if=${file}`, 'iflag=nocache', 'count=0', 'status=none']);
    if (!dropped) return false;
  }
  return true;
}

async function largeFiles(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const sizes = await Promise.all(files.map((file) => stat(file).then(({ size }) => size)));
  return files.filter((_, i) => (sizes[i] ?? 0) >= leastBytes);
}

const run = (command: string, args: string[]): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
