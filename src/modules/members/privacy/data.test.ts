import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectConsistent } from '../../../../test/invariants.ts';
import { keepToRetention, rederiveSource } from '../../sources/index.ts';
import { refreshStaleCards } from '../index.ts';
import { createPrivacyTest } from './privacy.testing.ts';
import type { Item, PrivacyTest } from './privacy.testing.ts';

let test_: PrivacyTest;
let now = new Date('2025-03-01T12:00:00Z');
beforeAll(async () => {
  test_ = await createPrivacyTest({ now: () => now });
});
afterAll(() => test_.close());

const later = (minutes: number): void => {
  now = new Date(now.getTime() + minutes * 60_000);
};

interface Document {
  profile: { name: string; identities: { value: string; source: string }[]; notes: { body: string }[] };
  consent: { purpose: string; state: string }[];
  lookedAtBy: { by: string }[];
  auditEntries: { action: string }[];
  activities: { kind: string; text: string | null; raw: string | null; thread: { openedByThem: boolean } | null }[];
}

test('exports everything that is held about a person as one document, in pieces', async () => {
  const items: Item[] = Array.from({ length: 1100 }, (_, n) => ({
    id: `x${n}`,
    who: { login: 'exported', name: 'Exa Mple' },
    at: Date.UTC(2024, 0, 1) + n,
    text: `said ${n}`,
  }));
  await test_.read([
    ...items,
    { id: 'other', who: { login: 'other' }, with: ['mail@exported.example'], text: 'not theirs' },
    { id: 'link', link: { login: 'exported', email: 'mail@exported.example' } },
  ]);
  await refreshStaleCards(test_.program);
  const id = await test_.personCalled('exported');
  await test_.call('members.add-note', { member: id, body: 'A note about them' });
  await test_.call('members.get', { id }, test_.asRole('agent'));
  const { purposes } = await test_.call<{ purposes: { id: string }[] }>('members.consent-purposes');
  await test_.call('members.set-consent', { id, purpose: purposes[0]?.id, state: 'given', source: 'The form' });

  await expect(test_.call('members.export-data', { id }, test_.asRole('agent'))).rejects.toThrow(/manager/);
  let text = '';
  let pieces = 0;
  for (let cursor: string | undefined; ; pieces += 1) {
    const piece = await test_.call<{ content: string; next: string | null }>('members.export-data', { id, cursor });
    text += piece.content;
    if (piece.next === null) break;
    cursor = piece.next;
  }
  expect(pieces).toBe(2);
  const document = JSON.parse(text) as Document;
  expect(document.profile).toMatchObject({ name: 'Exa Mple', notes: [{ body: 'A note about them' }] });
  expect(document.profile.identities.map((one) => one.value).sort()).toEqual(['exported', 'mail@exported.example']);
  expect(document.activities).toHaveLength(1101);
  expect(document.activities[0]).toMatchObject({ kind: 'issue', text: 'said 0', thread: { openedByThem: true } });
  expect(document.activities.filter((one) => one.raw !== null)).toHaveLength(1100);
  expect(document.activities.at(-1)).toMatchObject({ kind: 'commit_co_authored', raw: null });
  expect(document).toMatchObject({ consent: [{ purpose: 'Newsletter', state: 'given' }], lookedAtBy: [{ by: 'Test agent' }] });
  expect(document.auditEntries.map((entry) => entry.action)).toContain('members.add-note');
  expect(await test_.call('access.audit', { action: 'members.export-data' })).toMatchObject({ entries: [{ subject: id }] });
});

test('who looked at a profile is known, once an hour, and lists leave no trace', async () => {
  await test_.read([{ id: 'look', who: { login: 'looked-at' } }]);
  const id = await test_.personCalled('looked-at');
  await test_.call('members.get', { id });
  later(30);
  await test_.call('members.get', { id });
  await test_.call('members.get', { id }, test_.asRole('light_agent'));
  await test_.call('members.list', { member: id, bots: 'with' });
  later(31);
  await test_.call('members.get', { id });
  await test_.call('members.get', { id }, { actor: { type: 'system', name: 'Rapport' }, origin: 'cli' });
  const { looks } = await test_.call<{ looks: { by: string }[] }>('members.looks', { id });
  expect(looks.map((one) => one.by)).toEqual(['Test administrator', 'Test light_agent', 'Test administrator']);
  await expect(test_.call('members.looks', { id }, test_.asRole('manager'))).rejects.toThrow(/administrator/);
});

test('consent is kept with where and when, the latest word holds, over a merge too', async () => {
  await test_.read([
    { id: 'c1', profile: { email: 'c1@example.org', name: 'C One' } },
    { id: 'c2', profile: { email: 'c2@example.org', name: 'C Two' } },
  ]);
  const [one, two] = [await test_.personCalled('c1@example.org'), await test_.personCalled('c2@example.org')];
  const { purposes } = await test_.call<{ purposes: { id: string; name: string }[] }>('members.consent-purposes');
  const newsletter = purposes[0]?.id;
  await test_.call('members.set-consent', { id: one, purpose: newsletter, state: 'given', source: 'Form', at: '2024-05-01' });
  await test_.call('members.set-consent', { id: two, purpose: newsletter, state: 'withdrawn', source: 'Mail', at: '2024-06-01' });
  await test_.call('members.set-consent', { id: one, purpose: newsletter, state: 'given', source: 'An older list', at: '2024-01-01' });
  const { id } = await test_.call<{ id: string }>('members.merge', { members: [one, two] });
  const shown = await test_.call<{ consents: unknown[]; history: unknown[] }>('members.consents', { id });
  expect(shown.consents[0]).toMatchObject({ state: 'withdrawn', source: 'Mail' });
  expect(shown.consents[1]).toMatchObject({ purpose: { name: 'Public recognition' }, state: null });
  expect(shown.history).toHaveLength(3);
  await expect(
    test_.call('members.set-consent', { id, purpose: newsletter, state: 'given', source: 'x', at: '2030-01-01' }),
  ).rejects.toThrow(/future/);
  expect(
    await test_.call('members.import-consents', {
      purpose: newsletter,
      source: 'List',
      rows: [
        { email: 'C1@example.org', state: 'given' },
        { email: 'nobody@example.org', state: 'given' },
      ],
    }),
  ).toEqual({ noted: 1, unknown: 1, refused: [] });
  expect((await test_.call<{ consents: unknown[] }>('members.consents', { id })).consents[0]).toMatchObject({
    state: 'given',
    source: 'List',
  });
  const content = [
    '\ufeffE-mail;Status;Date',
    'c2@example.org;Unsubscribed;2025-01-20',
    'nobody@example.org;subscribed;2025-01-20',
    'c1@example.org;maybe;2025-01-20',
    'c1@example.org;subscribed;03/04/2025',
    'not an address;subscribed;',
    '"c1@example.org";subscribed;2023-01-01',
  ].join('\r\n');
  expect(await test_.call('members.plan-consents', { content })).toMatchObject({ given: 1, withdrawn: 1, unknown: 1, refusedCount: 3 });
  const imported = await test_.call<{ refused: { line: number; reason: string }[] }>('members.import-consents', {
    purpose: newsletter,
    source: 'Mailing tool',
    content,
  });
  expect(imported).toMatchObject({ noted: 2, unknown: 1 });
  expect(imported.refused.map(({ line }) => line)).toEqual([4, 5, 6]);
  expect(imported.refused[1]?.reason).toContain('2026-03-01');
  await expect(test_.call('members.plan-consents', { content: 'one,two\n1,2' })).rejects.toThrow(/must name the columns/);
  await expect(test_.call('members.import-consents', { purpose: newsletter, source: 'x' })).rejects.toThrow(/either rows or content/);
  await test_.call('members.update-consent-purposes', { purposes: [{ name: 'Surveys' }, { id: newsletter, name: 'News' }] });
  expect(await test_.call('members.consent-purposes')).toMatchObject({ purposes: [{ name: 'Surveys', given: 0 }, { name: 'News' }] });
});

test('a source drops raw records and activities by age, exactly, and says what can no longer be derived', async () => {
  const old = Date.UTC(2023, 0, 1);
  const items: Item[] = [
    { id: 'r1', who: { login: 'old-hand' }, at: old, text: 'long ago' },
    { id: 'r2', who: { login: 'old-hand' }, at: Date.UTC(2025, 1, 20), text: 'lately' },
  ];
  const source = await test_.read(items);
  const id = `src_${source.id.toString(36)}`;
  expect(await test_.call('sources.retention', { id, rawDays: 365, activitiesDays: 365 })).toEqual({
    rawDays: null,
    activitiesDays: null,
    rawRecords: 0,
    activities: 1,
    withoutRaw: 0,
  });
  await test_.call('sources.set-retention', { id, rawDays: null, activitiesDays: 365 });
  await keepToRetention(test_.program, new AbortController().signal);
  await expectConsistent(test_.program);
  expect(await test_.rows('select body from activity where source_id = $1', [source.id])).toEqual([{ body: 'lately' }]);
  expect(await test_.rows(`select external_id from record where source_id = $1 and payload <> ''`, [source.id])).toEqual([
    { external_id: 'r2' },
  ]);
  expect(await test_.rows('select external_id from thread where source_id = $1', [source.id])).toEqual([{ external_id: 'thread-r2' }]);
  // What is read again of that time does not come back.
  await source.again([...items, { id: 'r0', who: { login: 'old-hand' }, at: old - 1000, text: 'even longer ago' }]);
  await rederiveSource(test_.program, source.id);
  expect(await test_.rows('select body from activity where source_id = $1', [source.id])).toEqual([{ body: 'lately' }]);

  later(40 * 24 * 60);
  await test_.call('sources.set-retention', { id, rawDays: 30, activitiesDays: null });
  expect(await test_.call('sources.retention', { id })).toMatchObject({ rawRecords: 1, withoutRaw: 2 });
  await keepToRetention(test_.program, new AbortController().signal);
  await rederiveSource(test_.program, source.id);
  expect(await test_.rows('select body from activity where source_id = $1', [source.id])).toEqual([{ body: 'lately' }]);
  expect(await test_.rows('select without_raw, items from source_run where source_id = $1 order by id desc limit 1', [source.id])).toEqual([
    { without_raw: 3, items: 3 },
  ]);
  // A record that changes is whole again.
  await source.again([{ ...(items[1] ?? { id: '' }), text: 'lately, corrected' }]);
  expect(await test_.rows('select body from activity where source_id = $1', [source.id])).toEqual([{ body: 'lately, corrected' }]);
  await expectConsistent(test_.program);

  // Somebody whose raw records are gone is erased and brought back all the same.
  await keepToRetention(test_.program, new AbortController().signal);
  await test_.rows(`update record set payload = '' where source_id = $1`, [source.id]);
  const erasure = await test_.call<{ id: string }>('members.erase', { id: await test_.personCalled('old-hand') });
  await expectConsistent(test_.program);
  expect(await test_.rows('select body from activity where source_id = $1', [source.id])).toEqual([]);
  await test_.call('members.restore', { erasure: erasure.id });
  await expectConsistent(test_.program);
  expect(await test_.rows('select body from activity where source_id = $1', [source.id])).toEqual([{ body: 'lately, corrected' }]);
});
