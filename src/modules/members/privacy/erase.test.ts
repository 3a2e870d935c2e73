import { afterAll, beforeAll, expect, test } from 'vitest';
import { contentOf, expectConsistent } from '../../../../test/invariants.ts';
import { rederiveSource } from '../../sources/index.ts';
import { indexNewWords } from '../../activities/index.ts';
import { goOnErasing, refreshStaleCards } from '../index.ts';
import { createPrivacyTest } from './privacy.testing.ts';
import type { Item, PrivacyTest } from './privacy.testing.ts';

let test_: PrivacyTest;
let now = new Date('2025-03-01T12:00:00Z');
beforeAll(async () => {
  test_ = await createPrivacyTest({ now: () => now });
});
afterAll(() => test_.close());

const later = (days: number): void => {
  now = new Date(now.getTime() + days * 86_400_000);
};
const goOn = (): Promise<void> => goOnErasing(test_.program, new AbortController().signal);

/** Everywhere in the database where a text still stands; what is about the machinery itself left out. */
async function tracesOf(text: string): Promise<string[]> {
  const tables = await test_.rows<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await test_.rows(`select 1 from "${name}" t where strpos(lower(t::text), $1) > 0 limit 1`, [text.toLowerCase()]);
    if (rows.length > 0) found.push(name);
  }
  return found.sort();
}

function items(mark: string): Item[] {
  return [
    {
      id: `${mark}-1`,
      who: { login: `${mark}-ada`, number: `${mark}1`, name: 'Ada Erasable' },
      at: Date.UTC(2024, 1, 1),
      text: `${mark} secret words`,
    },
    {
      id: `${mark}-2`,
      who: { login: `${mark}-bob`, name: 'Bob Stays' },
      at: Date.UTC(2024, 1, 2),
      text: `${mark} bobs words`,
      with: [`${mark}-ada@example.org`, `${mark}-eve@example.org`],
    },
    {
      id: `${mark}-3`,
      who: { login: `${mark}-ada`, number: `${mark}1` },
      at: Date.UTC(2024, 1, 3),
      text: `${mark} closed by bob`,
      closedBy: `${mark}-bob`,
    },
    { id: `${mark}-4`, profile: { email: `${mark}-ada@example.org`, name: 'Ada Erasable' } },
    { id: `${mark}-5`, link: { login: `${mark}-ada`, email: `${mark}-ada@example.org` } },
    {
      id: `${mark}-6`,
      who: { login: `${mark}-namesake`, number: `${mark}9`, name: 'Ada Erasable' },
      at: Date.UTC(2024, 1, 4),
      text: `${mark} other ada`,
    },
  ];
}

test('hides at once and whole, brings back exactly, and purges for good', async () => {
  const source = await test_.read(items('one'));
  await refreshStaleCards(test_.program);
  await indexNewWords(test_.program);
  const ada = await test_.personCalled('one-ada');
  expect(await test_.personCalled('one-ada@example.org')).toBe(ada);
  await test_.call('members.add-note', { member: ada, body: 'Met her at one-conf' });
  await test_.call('members.tag', { members: [ada], tags: ['one-speaker'] });
  const before = await contentOf(test_.program);
  const profile = await test_.call('members.get', { id: ada });

  // What only lists words does not hold them as they were said.
  const inTitles = () => test_.rows(`select 1 from thread_words where words @@ 'secret'`);
  expect(await inTitles()).toHaveLength(1);
  const erasure = await test_.call<{ id: string; state: string; activities: number }>('members.erase', { id: ada });
  expect(erasure).toMatchObject({ state: 'hidden', activities: 3 });
  await expectConsistent(test_.program);
  await refreshStaleCards(test_.program);
  await expect(test_.call('members.get', { id: ada })).rejects.toThrow(/was erased on 2025-03-01. Until 2025-03-31/);
  const timeline = JSON.stringify(await test_.call('activities.timeline', {}));
  for (const gone of ['one-ada', 'secret words', 'closed by bob']) expect(timeline, gone).not.toContain(gone);
  expect(timeline).toContain('bobs words');
  expect(await test_.call('activities.timeline', { text: 'secret' })).toMatchObject({ activities: [] });
  expect(await inTitles()).toEqual([]);
  expect(JSON.stringify(await test_.call('members.list', { search: 'Ada Erasable' }))).not.toContain('one-ada');
  // Nothing of hers lies open in any table but the raw records, which nobody is shown.
  expect((await tracesOf('one-ada')).filter((name) => name !== 'audit_entry')).toEqual(['record']);
  expect(await tracesOf('met her at one-conf')).toEqual(['audit_entry']);

  // In the meantime neither a reading, nor deriving again, nor a hand brings her back.
  await source.again([...items('one'), { id: 'one-7', who: { login: 'one-ada', number: 'one1' }, text: 'new words' }]);
  await rederiveSource(test_.program, source.id);
  expect(await test_.rows(`select 1 from identity where value_key like 'one-ada%'`)).toEqual([]);
  expect(await tracesOf('new words')).toEqual([]);
  await expect(test_.call('members.create', { name: 'Ada', emails: ['one-ada@example.org'] })).rejects.toThrow(/suppression list/);

  await test_.call('members.restore', { erasure: erasure.id });
  await refreshStaleCards(test_.program);
  await expectConsistent(test_.program);
  expect(await contentOf(test_.program)).toEqual(before);
  expect(await test_.call('members.get', { id: ada })).toEqual(profile);
  expect(await test_.rows('select 1 from suppression')).toEqual([]);

  const again = await test_.call<{ id: string }>('members.erase', { id: ada });
  later(31);
  await goOn();
  expect(await test_.call('members.erasures', {})).toMatchObject({
    erasures: [{ id: again.id, state: 'purged', identities: 0 }, { state: 'restored' }],
  });
  await expectConsistent(test_.program);
  for (const gone of ['one-ada', 'one-conf', 'one-speaker', 'secret words', 'closed by bob'])
    expect(await tracesOf(gone), gone).toEqual([]);
  // Bob's own is whole: that he wrote, whom else he wrote with, and that he closed an issue.
  const kept = await test_.rows<{ value: string; n: number }>(
    `select i.value, count(*) as n from activity a join identity i on i.id = a.identity_id where i.value like 'one-%' group by 1 order by 1`,
  );
  expect(kept).toEqual([
    { value: 'one-bob', n: 2 },
    { value: 'one-eve@example.org', n: 1 },
    { value: 'one-namesake', n: 1 },
  ]);

  // The next import does not bring her back, whatever mentions her; her namesake is left alone.
  await source.again([...items('one'), { id: 'one-8', who: { login: 'One-Ada', number: 'one1' }, text: 'shouting' }]);
  await test_.read(items('one'));
  await rederiveSource(test_.program, source.id);
  for (const gone of ['one-ada', 'secret words', 'closed by bob', 'shouting']) expect(await tracesOf(gone), gone).toEqual([]);
  await expectConsistent(test_.program);
  expect(await test_.rows(`select name from identity where value_key = 'one-namesake'`)).toEqual([{ name: 'Ada Erasable' }]);
});

test('an account that took over the name of an erased one is somebody else; lifting lets the person in again', async () => {
  const source = await test_.read([{ id: 'two-1', who: { login: 'two-kim', number: '21' }, text: 'first' }]);
  const erasure = await test_.call<{ id: string }>('members.erase', { id: await test_.personCalled('two-kim'), now: true });
  await goOn();
  await source.again([
    { id: 'two-2', who: { login: 'two-kim', number: '22' }, text: 'somebody else' },
    { id: 'two-3', who: { login: 'two-kim' }, text: 'by name only' },
    { id: 'two-4', who: { login: 'two-kim2', number: '21' }, text: 'renamed' },
  ]);
  expect(await test_.rows(`select value, platform_user_id from identity where value_key like 'two-%'`)).toEqual([
    { value: 'two-kim', platform_user_id: '22' },
  ]);
  expect(await tracesOf('by name only')).toEqual([]);
  expect(await tracesOf('renamed')).toEqual([]);
  await expect(test_.call('members.restore', { erasure: erasure.id })).rejects.toThrow(/purged/);
  expect(await test_.call('members.lift-suppression', { platform: 'scripted', value: 'Two-Kim', number: '21' })).toEqual({
    lifted: 2,
    left: 0,
  });
  await source.again([{ id: 'two-5', who: { login: 'two-kim2', number: '21' }, text: 'is back' }]);
  expect(await test_.rows(`select value from identity where platform_user_id = '21'`)).toEqual([{ value: 'two-kim2' }]);
  const audit = JSON.stringify(await test_.call('access.audit', { action: 'members.lift-suppression' }));
  expect(audit).not.toContain('Kim');
});

test('a tree is erased as a whole, and a long history goes on behind the answer', async () => {
  const many = Array.from({ length: 3200 }, (_, n) => ({
    id: `three-${n}`,
    who: { login: n % 2 === 0 ? 'three-a' : 'three-b' },
    at: Date.UTC(2024, 3, 1) + n * 60_000,
    text: `three words ${n}`,
  }));
  const source = await test_.read(many);
  const [a, b] = [await test_.personCalled('three-a'), await test_.personCalled('three-b')];
  await test_.call('members.merge', { members: [a, b] });
  const erasure = await test_.call<{ id: string; state: string }>('members.erase', { id: b });
  // Hidden already, though some are still to be taken out; meanwhile the source is read.
  expect(erasure.state).toBe('hiding');
  expect(JSON.stringify(await test_.call('activities.timeline', { limit: 200 }))).not.toContain('three words');
  await expect(test_.call('members.restore', { erasure: erasure.id })).rejects.toThrow(/still being hidden/);
  await source.again([...many, { id: 'three-x', who: { login: 'three-b' }, text: 'late' }]);
  await goOn();
  expect(await test_.call('members.erasures', {})).toMatchObject({ erasures: [{ state: 'hidden', activities: 3200 }, {}, {}, {}] });
  expect(await test_.rows('select 1 from activity where source_id = $1', [source.id])).toEqual([]);
  expect(await test_.rows('select 1 from thread where source_id = $1', [source.id])).toEqual([]);
  await expectConsistent(test_.program);
  expect(await test_.call('members.restore', { erasure: erasure.id })).toMatchObject({ state: 'restoring' });
  await goOn();
  await expectConsistent(test_.program);
  expect(await test_.rows('select count(*) as n from activity where source_id = $1', [source.id])).toEqual([{ n: 3200 }]);
  expect(await test_.personCalled('three-a')).toBe(await test_.personCalled('three-b'));
});
