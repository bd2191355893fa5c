import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/editor/**', 'test/fixtures/**'],
    // Searches and processes on a busy two-core machine; a test that hangs still ends.
    testTimeout: 30_000,
  },
});
