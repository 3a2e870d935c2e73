import { afterAll, beforeAll, expect, test } from 'vitest';
import { callAction } from '../../platform/action.ts';
import { report } from './actions.ts';
import { makeActivities, makePerson, makeSource, openTestProgram } from './testing.ts';
import type { TestProgram } from './testing.ts';

let it: TestProgram;
beforeAll(async () => {
  it = await openTestProgram('2026-03-20T12:00:00Z');
});
afterAll(() => it.close());

test('growth counts different people, new ones by their first activity ever, and leaves bots out with a count', async () => {
  const source = await makeSource(it.program, 'forum');
  const ada = await makePerson(it.program, 'Ada');
  const bo = await makePerson(it.program, 'Bo');
  const robot = await makePerson(it.program, 'Robot', 'bot');
  await makeActivities(it.program, [
    { source, identity: ada.identity, kind: 'post', at: '2024-02-29T10:00:00Z' },
    { source, identity: ada.identity, kind: 'post', at: '2026-02-03T10:00:00Z' },
    { source, identity: ada.identity, kind: 'reaction', at: '2026-02-04T10:00:00Z' },
    { source, identity: bo.identity, kind: 'reaction', at: '2026-02-28T23:30:00Z' },
    { source, identity: robot.identity, kind: 'post', at: '2026-02-05T10:00:00Z' },
    { source, identity: robot.identity, kind: 'post', at: '2026-03-05T10:00:00Z' },
  ]);
  const answer = await callAction(it.program, it.caller, report, { report: 'growth', from: '2026-02-01', to: '2026-03-31' });
  expect(answer.rows).toEqual([
    { key: '2026-02', cells: { period: 'Feb 2026', active: 2, new: 1, contributors: 1, activities: 3 }, ids: {} },
    { key: '2026-03', cells: { period: 'Mar 2026', active: 0, new: 0, contributors: 0, activities: 0 }, ids: {} },
  ]);
  expect(answer.excluded.bots).toEqual({ people: 1, activities: 2 });
  expect(answer.previous).toEqual({ from: '2025-12-01', to: '2026-01-31' });
  expect(answer.span).toEqual({ from: '2024-02-29', to: '2026-03-05' });
});
