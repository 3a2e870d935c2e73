import { afterAll, beforeAll, expect, test } from 'vitest';
import { callAction } from '../../platform/action.ts';
import { report } from './actions.ts';
import { reportRows } from './drill.ts';
import { exportReport } from './export.ts';
import { home } from './home.ts';
import { makeActivities, makePerson, makeSource, openTestProgram } from './testing.ts';
import type { TestProgram } from './testing.ts';

let it: TestProgram;
beforeAll(async () => {
  // Half past midnight of 1 March in Berlin is still 29 February in UTC.
  it = await openTestProgram('2024-02-29T23:30:00Z');
  await it.program.database.pool.query("update workspace set time_zone = 'Europe/Berlin', fiscal_year_start_month = 2");
});
afterAll(() => it.close());

test('an empty instance says so instead of failing', async () => {
  const glance = await callAction(it.program, it.caller, home, {});
  expect(glance.span).toBeNull();
  expect(glance.sources).toEqual({ all: 0, failing: 0, paused: 0, never: 0 });
  // Of no response there is no median.
  const nothing = (tile: (typeof glance.tiles)[number]) => (tile.type === 'duration' ? null : 0);
  expect(glance.tiles.every((tile) => tile.value === nothing(tile) && tile.previous === nothing(tile) && tile.spark.length === 30)).toBe(
    true,
  );
});

test('the window ends today in the zone of the workspace, and each tile opens to its rows', async () => {
  const source = await makeSource(it.program, 'forum');
  const ada = await makePerson(it.program, 'Ada');
  const bo = await makePerson(it.program, 'Bo');
  await makeActivities(it.program, [
    { source, identity: ada.identity, kind: 'post', at: '2024-02-29T23:10:00Z' },
    { source, identity: ada.identity, kind: 'post', at: '2024-02-28T23:10:00Z' },
    { source, identity: bo.identity, kind: 'reaction', at: '2024-02-29T12:00:00Z' },
    { source, identity: bo.identity, kind: 'post', at: '2024-01-15T12:00:00Z' },
  ]);
  const glance = await callAction(it.program, it.caller, home, { days: 3 });
  expect(glance.window).toEqual({ from: '2024-02-28', to: '2024-03-01' });
  expect(glance.previous).toEqual({ from: '2024-02-25', to: '2024-02-27' });
  expect(Object.fromEntries(glance.tiles.map((tile) => [tile.key, tile.value]))).toEqual({
    active: 2,
    new: 1,
    contributors: 1,
    new_contributors: 1,
    returning: 0,
    activities: 3,
    answered: 0,
    first_response: null,
  });
  expect(glance.tiles[0]?.spark).toEqual([0, 2, 1]);
  for (const tile of glance.tiles.filter(({ type }) => type === 'count')) {
    const behind = await callAction(it.program, it.caller, reportRows, tile.opens);
    expect([tile.key, tile.counts === 'people' ? behind.people : behind.activities]).toEqual([tile.key, tile.value]);
  }
});

test('fiscal quarters that begin in February', async () => {
  const answer = await callAction(it.program, it.caller, report, {
    report: 'growth',
    from: '2024-01-01',
    to: '2024-03-31',
    granularity: 'fiscal_quarter',
  });
  expect(answer.rows.map((row) => [row.key, row.cells['period'], row.cells['activities']])).toEqual([
    ['FY2024-Q4', 'FY24 Q4', 1],
    ['FY2025-Q1', 'FY25 Q1', 3],
  ]);
  // Three whole months are compared with three whole months.
  expect(answer.previous).toEqual({ from: '2023-10-01', to: '2023-12-31' });
});

test('one member’s number is a filter of the timeline', async () => {
  const top = await callAction(it.program, it.caller, report, {
    report: 'top-members',
    from: '2024-01-01',
    to: '2024-03-31',
    kinds: ['post'],
  });
  const row = top.rows[0];
  expect(row?.cells).toMatchObject({ member: 'Ada', contributions: 2 });
  const behind = await callAction(it.program, it.caller, reportRows, {
    report: 'top-members',
    from: '2024-01-01',
    to: '2024-03-31',
    kinds: ['post'],
    row: row?.key ?? '',
    column: 'contributions',
    as: 'activities',
  });
  expect(behind.timeline).toEqual({ from: '2024-01-01', to: '2024-03-31', kinds: ['post'], member: row?.ids['member'] });
  expect(behind.rows.map((activity) => activity.memberName)).toEqual(['Ada', 'Ada']);
});

test('the export is CSV that a spreadsheet does not run', async () => {
  const source = await makeSource(it.program, 'chat');
  const evil = await makePerson(it.program, '=HYPERLINK("http://x","y")');
  await makeActivities(it.program, [{ source, identity: evil.identity, kind: 'post', at: '2024-02-01T12:00:00Z' }]);
  const file = await callAction(it.program, it.caller, exportReport, { report: 'top-members', from: '2024-02-01', to: '2024-02-01' });
  expect(file.name).toBe('top-members-2024-02-01-2024-02-01.csv');
  expect(file.content.split('\r\n').slice(0, 2)).toEqual([
    '#,Member,Contributions,Share,member id',
    expect.stringMatching(/^1,"'=HYPERLINK\(""http:\/\/x"",""y""\)",1,1,mem_/),
  ]);
});

test('what cannot be asked is refused with what to do', async () => {
  const ask = (more: object) => callAction(it.program, it.caller, report, { report: 'growth', ...more });
  await expect(ask({ report: 'nothing' })).rejects.toMatchObject({ kind: 'not_found' });
  await expect(ask({ from: '2024-02-30' })).rejects.toMatchObject({ kind: 'invalid_input' });
  await expect(ask({ from: '2024-02-02', to: '2024-02-01' })).rejects.toMatchObject({ code: 'metrics.window' });
  await expect(ask({ from: '1900-01-01', granularity: 'day' })).rejects.toMatchObject({ code: 'metrics.periods' });
  await expect(callAction(it.program, it.caller, reportRows, { report: 'growth', row: 'nowhere', column: 'active' })).rejects.toMatchObject(
    { kind: 'not_found' },
  );
});
