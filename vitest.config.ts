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
    // Real processes on a crowded machine: a second try in CI. The report names each test that took it (docs/decisions/0024).
    retry: process.env.CI ? 1 : 0,
    expect: { poll: { timeout: 20_000 } },
    // The first that needs the app builds it.
    hookTimeout: 300_000,
  },
});
