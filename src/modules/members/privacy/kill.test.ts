import { afterAll, beforeAll, expect, test } from 'vitest';
import { runChild } from '../../../../test/child.ts';
import { contentOf, expectConsistent } from '../../../../test/invariants.ts';
import { goOnErasing, refreshStaleCards } from '../index.ts';
import { createPrivacyTest } from './privacy.testing.ts';
import type { PrivacyTest } from './privacy.testing.ts';

let test_: PrivacyTest;
beforeAll(async () => {
  test_ = await createPrivacyTest();
});
afterAll(() => test_.close());

/** More than three steps of a thousand: what the request leaves to the job. */
const said = 3500;

test('an erasure that is killed goes on where it was, and so does bringing back: nothing is left, lost or counted twice', async () => {
  await test_.read(
    Array.from({ length: said }, (_, n) => ({
      id: `k${n}`,
      who: { login: n % 10 === 0 ? 'stays' : 'leaves' },
      at: Date.UTC(2024, 0, 1) + n * 60_000,
      text: `words ${n} ${n % 10 === 0 ? 'kept' : 'of somebody'}`,
    })),
  );
  await refreshStaleCards(test_.program);
  const before = await contentOf(test_.program);
  const [leaving] = await test_.rows<{ n: number }>(
    `select count(*)::int as n from activity a join identity i on i.id = a.identity_id where i.value_key = 'leaves'`,
  );

  expect(await child('erase', await test_.personCalled('leaves'), 2)).toBe('SIGKILL');
  expect(await erasures()).toMatchObject([{ state: 'hiding', activities: 1000 }]);
  expect(await audited('members.erase')).toHaveLength(1);
  expect(await child('go-on', '-', 2)).toBe('SIGKILL');
  expect(await erasures()).toMatchObject([{ state: 'hiding', activities: 2000 }]);
  await goOn();
  expect(await erasures()).toMatchObject([{ state: 'hidden', activities: leaving?.n }]);
  expect(await test_.rows(`select 1 from activity where body like '%of somebody' limit 1`)).toEqual([]);
  await expectConsistent(test_.program);

  const [erasure] = await erasures();
  expect(await child('restore', erasure?.id ?? '', 2)).toBe('SIGKILL');
  expect(await erasures()).toMatchObject([{ state: 'restoring' }]);
  expect(await audited('members.restore')).toMatchObject([{ subject: erasure?.member }]);
  await goOn();
  expect(await erasures()).toMatchObject([{ state: 'restored' }]);
  await refreshStaleCards(test_.program);
  await expectConsistent(test_.program);
  expect(await contentOf(test_.program)).toEqual(before);
}, 120_000);

const goOn = (): Promise<void> => goOnErasing(test_.program, new AbortController().signal);

interface Erasure {
  id: string;
  member: string;
  state: string;
  activities: number;
}

async function erasures(): Promise<Erasure[]> {
  const { erasures: list } = await test_.call<{ erasures: Erasure[] }>('members.erasures');
  return list;
}

async function audited(action: string): Promise<unknown[]> {
  const { entries } = await test_.call<{ entries: unknown[] }>('access.audit', { action });
  return entries;
}

const child = (what: string, id: string, steps: number): Promise<NodeJS.Signals | null> =>
  runChild('erase-child.ts', [what, id, String(steps)], test_);
