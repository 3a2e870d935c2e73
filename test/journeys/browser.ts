import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { createHttp } from '../../src/entry/http.ts';
import { ensureSetupToken } from '../../src/modules/access/index.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { projectRoot } from '../../src/platform/config.ts';
import { findChromium } from '../chromium.ts';
import { createTestProgram } from '../program.ts';
import type { TestProgram } from '../program.ts';

export interface Journey {
  running: TestProgram;
  /** Where the program is served. */
  address: string;
  /** The one-time link of the first visit. */
  setUpLink: string;
  browser: Browser;
  context: BrowserContext;
  page: Page;
  /** What went wrong in the page: errors of script, of the console, answers of 500. Looked at by `close`. */
  troubles: string[];
  close(): Promise<void>;
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The whole program, served with its worker on a database of its own, and a browser in front of it. */
export async function openJourney(options: { width?: number; height?: number; clock?: Clock } = {}): Promise<Journey> {
  const running = await createTestProgram({ settings: { PORT: '0' }, ...(options.clock === undefined ? {} : { clock: options.clock }) });
  const profile = mkdtempSync(path.join(tmpdir(), 'rapport-browser-'));
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const app = await createHttp(running.program, address);
  await app.listen({ host: '127.0.0.1', port });
  await running.program.jobs.work(running.program);
  const setUpLink = (await ensureSetupToken(running.program, address)) ?? '';
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('There is no Chromium: the journeys cannot run.');
  const browser = await chromium.launch({ executablePath, headless: true, args: flags });
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(`script: ${error.message}`));
  page.on('console', (message) => {
    // A refused request is what some journeys are about; the page shows it.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) troubles.push(`console: ${message.text()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 500) troubles.push(`${response.status()} ${response.url()}`);
  });
  return {
    running,
    address,
    setUpLink,
    browser,
    context,
    page,
    troubles,
    async close() {
      await browser.close();
      await app.close();
      await running.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const net = await import('node:net');
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

export const administrator = { name: 'Ada Admin', email: 'ada@rapport.example', password: 'correct horse battery 9' };

/** The first visit, by hand in the browser: administrator, workspace. Ends where the program asks what to connect. */
export async function setUp({ page, setUpLink }: Journey): Promise<void> {
  await page.goto(setUpLink);
  await page.getByLabel('Your name').fill(administrator.name);
  await page.getByLabel('E-mail').fill(administrator.email);
  await page.getByLabel('Password', { exact: true }).fill(administrator.password);
  await page.getByLabel('Password, once more').fill(administrator.password);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Name of the workspace').fill('Journey workspace');
  await page.getByRole('button', { name: 'Create the workspace' }).click();
  await page.waitForURL('**/welcome');
}

/** No serious barrier for people with disabilities: axe-core's WCAG 2 A and AA rules on the page as it stands. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  await page.evaluate(axeSource());
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(
          context: unknown,
          options: unknown,
        ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] });
    return violations.map(
      (violation) =>
        `${violation.id}: ${violation.nodes
          .map((node) => `${node.html.slice(0, 160)} — ${node.failureSummary ?? ''}`)
          .slice(0, 3)
          .join(' | ')}`,
    );
  });
  expect(found, what).toEqual([]);
}

function axeSource(): string {
  return readFileSync(path.join(projectRoot, 'node_modules/axe-core/axe.min.js'), 'utf8');
}

/** Keeps a picture when SCREENSHOTS names a folder: for people who look. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (folder === undefined || folder === '') return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
}
