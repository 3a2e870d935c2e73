import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { git, makeRepository } from '../repository.ts';
import { expectAccessible, openJourney, picture, setUp } from './browser.ts';
import type { Journey } from './browser.ts';

let journey: Journey;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'rapport-journey-'));
  journey = await openJourney();
});
afterAll(async () => {
  await journey.close();
  rmSync(folder, { recursive: true, force: true });
});

test('from the first visit to the people behind a repository', async () => {
  const { page, running, troubles } = journey;
  const repository = makeRepository(path.join(folder, 'workshop'), {
    commits: 600,
    people: 12,
    from: Math.floor(Date.now() / 1000) - 700 * 3600,
    mailmap: 'Person One <person1@example1.org> <person2@example2.org>\nPerson One <person1@example1.org> <person1@example1.org>\n',
  });
  const authors = (format: string): string[] =>
    git(repository, ['log', '--no-mailmap', `--format=${format}`])
      .trim()
      .split('\n');
  const shortlog = git(repository, ['shortlog', '-sne', 'HEAD']).trim().split('\n');

  await setUp(journey);
  await picture(page, 'welcome');
  await expectAccessible(page, 'welcome');

  await page.getByLabel('Path or URL of the repository').fill(repository);
  await page.getByRole('button', { name: 'Import' }).click();
  await page.getByText(/600/).first().waitFor();

  // What the database holds equals what git says.
  const { pool } = running.program.database;
  await expect
    .poll(async () => (await pool.query<{ state: string }>('select state from source_run order by id desc limit 1')).rows[0]?.state, {
      timeout: 60_000,
      interval: 200,
    })
    .toBe('done');
  const one = async (sql: string): Promise<unknown> => Object.values((await pool.query<Record<string, unknown>>(sql)).rows[0] ?? {})[0];
  const commits = 'activity a join identity i on i.id = a.identity_id where a.kind = 13';
  expect(await one(`select count(*) from ${commits}`)).toBe(authors('%H').length);
  expect(await one(`select count(distinct i.id) from ${commits}`)).toBe(new Set(authors('%ae').map((email) => email.toLowerCase())).size);
  expect(await one(`select count(distinct i.member_id) from ${commits}`)).toBe(shortlog.length);
  expect(await one(`select extract(epoch from min(a.at))::bigint from ${commits}`)).toBe(Math.min(...authors('%at').map(Number)));
  expect(await one(`select extract(epoch from max(a.at))::bigint from ${commits}`)).toBe(Math.max(...authors('%at').map(Number)));
  const top = await pool.query<{ n: number }>(`select count(*) as n from ${commits} group by i.member_id order by 1 desc limit 10`);
  expect(top.rows.map((row) => row.n)).toEqual(shortlog.slice(0, 10).map((line) => Number.parseInt(line, 10)));

  // And the browser shows it.
  await page.goto(`${journey.address}/members`);
  await page.getByText('Person One').first().waitFor();
  await picture(page, 'members');
  await expectAccessible(page, 'members');
  await page.goto(`${journey.address}/timeline`);
  await page.getByText('Change number 599').first().waitFor();
  await picture(page, 'timeline');
  await expectAccessible(page, 'timeline');
  await page.goto(`${journey.address}/reports/top-members`);
  await page.getByText('Person One').first().waitFor();
  await picture(page, 'report-top-members');
  await expectAccessible(page, 'top members');
  await page.goto(`${journey.address}/sources`);
  await page.getByText('workshop').first().waitFor();
  await expectAccessible(page, 'sources');
  await page.goto(journey.address);
  await page
    .getByText(/active members/i)
    .first()
    .waitFor();
  await picture(page, 'home');
  await expectAccessible(page, 'home');
  expect(troubles).toEqual([]);
});
