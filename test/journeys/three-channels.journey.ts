import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOffline as openForum } from '../../src/connectors/discourse/testing.ts';
import { openOffline as openForge } from '../../src/connectors/gitlab/testing.ts';
import { expectAccessible, openJourney, picture, setUp } from './browser.ts';
import type { Journey } from './browser.ts';
import { openChat } from './chat.ts';

// The day on which the recorded systems stand.
const now = new Date('2024-03-20T12:00:00Z');

let journey: Journey;
let folder: string;
const closing: (() => unknown)[] = [];
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'rapport-journey-'));
  journey = await openJourney({ clock: { now: () => new Date(now) } });
});
afterAll(async () => {
  await journey.close();
  for (const close of closing) await close();
  rmSync(folder, { recursive: true, force: true });
});

test('connects a forum, a forge and a chat, and finds who is new, who goes quiet, what waits and what people talk about', async () => {
  const { page, address, troubles } = journey;
  const [forum, forge, chat] = [await openForum(), await openForge(), await openChat(folder, now)];
  // Profiles and likes that this story does not need are not asked for: what was recorded may stay unused.
  closing.push(() => chat.finish({ partly: true }), forum.close, forge.close);

  await setUp(journey);
  await page.getByRole('link', { name: 'Choose a system' }).click();
  await page.waitForURL('**/sources/add**');

  await connect('Discourse', { Address: text(forum.settings['address']) });
  await connect('GitLab', { Site: text(forge.settings['url']), Group: 'acme', 'Access token': text(forge.settings['token']) });
  await connect('Slack', { Workspace: 'acme.slack.com', 'Bot token': 'xoxb-journey' }, { 'API address': chat.url });

  // Who is new, and who is going quiet: both are ready, with their definitions.
  await page.goto(`${address}/segments`);
  await page.getByRole('link', { name: 'New this month' }).click();
  await page.getByText('Nadia New').first().waitFor();
  await picture(page, 'new-this-month');
  await page.goto(`${address}/segments`);
  await page.getByRole('link', { name: 'Going quiet' }).click();
  await page.getByText('Quentin Quiet').first().waitFor();
  expect(await page.getByText('Nadia New').count()).toBe(0);
  await expectAccessible(page, 'going quiet');

  // Which question has waited longest.
  await page.getByRole('link', { name: 'Threads' }).first().click();
  await page.getByText('is the longest wait').waitFor();
  await picture(page, 'threads');
  await expectAccessible(page, 'threads');

  // What people talk about: a word that stands out becomes a topic.
  await page.getByRole('link', { name: 'Topics' }).first().click();
  await page
    .getByText(/kubernetes operator/i)
    .first()
    .waitFor();
  await picture(page, 'topics');
  await expectAccessible(page, 'topics');
  expect(troubles).toEqual([]);
});

/** From the list of systems to the end of the first reading, by what the screen says. */
async function connect(system: string, fields: Record<string, string>, advanced: Record<string, string> = {}): Promise<void> {
  const { page, address } = journey;
  await page.goto(`${address}/sources/add`);
  await page.getByRole('link', { name: new RegExp(`^${system}`) }).click();
  await page.getByRole('heading', { name: `Connect ${system}` }).waitFor();
  await fill(fields);
  if (Object.keys(advanced).length > 0) await page.getByText('Advanced').click();
  await fill(advanced);
  await expectAccessible(page, `connect ${system}`);
  await page.getByRole('button', { name: 'Test' }).click();
  await page.locator('[data-ok]').first().waitFor();
  await picture(page, `connect-${system}`);
  expect(await page.locator('[data-ok="false"]').allTextContents()).toEqual([]);
  await page.getByRole('button', { name: 'Connect and read' }).click();
  await page.getByText('Healthy').first().waitFor({ timeout: 60_000 });
  await picture(page, `connected-${system}`);
}

async function fill(fields: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(fields)) await journey.page.locator('form').getByLabel(label).first().fill(value);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
