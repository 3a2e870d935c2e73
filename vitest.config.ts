import os from 'node:os';
import { defineConfig } from 'vitest/config';
import { findChromium } from './test/chromium.ts';

const chromium = findChromium();

export default defineConfig({
  test: {
    globalSetup: ['test/global-setup.ts'],
    maxWorkers: Math.max(2, os.availableParallelism()),
    projects: [
      {
        test: {
          name: 'parts',
          include: ['{src,web,test,scripts,bench}/**/*.test.{ts,tsx}'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      // Without a browser they cannot run; scripts/test.ts says so in its closing lines.
      ...(chromium === undefined
        ? []
        : [
            {
              test: {
                name: 'journeys',
                include: ['test/journeys/**/*.journey.ts'],
                globalSetup: ['test/journeys/build.ts'],
                testTimeout: 180_000,
                hookTimeout: 180_000,
              },
            },
          ]),
    ],
  },
});
