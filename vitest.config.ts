import path from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { '@': path.resolve(import.meta.dirname) } },
  test: {
    include: ['{app,components,lib,db,sandbox,scripts,tests,bench}/**/*.test.{ts,tsx}'],
    pool: 'forks',
    maxWorkers: 2,
    // Neither UTC nor a whole hour off it: a forgotten zone fails loudly.
    env: { TZ: 'Asia/Kathmandu' },
    globalSetup: ['tests/support/cluster.ts'],
    testTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    // The first that needs the app builds it.
    hookTimeout: 300_000,
  },
});
