import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestProgram } from '../../../test/program.ts';
import type { TestProgram } from '../../../test/program.ts';
import { callAction } from '../../platform/action.ts';
import { transaction } from '../../platform/db.ts';
import { addAffiliation, removeAffiliation, updateAffiliation } from './affiliations.ts';
import { getMember } from './get.ts';
import { createResolver, importAffiliations, importOrganizations, refreshStaleCards } from './index.ts';
import { mergeMembers } from './merges.ts';
import {
  addDomain,
  claimDomain,
  createOrganization,
  getOrganization,
  listOrganizations,
  nameFromDomain,
  removeDomain,
  unclaimedDomains,
} from './organization-actions.ts';
import { mergeOrganizations, undoOrganizationMerge } from './organization-merges.ts';
import { organizationKey } from './organizations.ts';
import { settleOurDomains } from './our-domains.ts';
import { account, arrive, email, memberOf } from './testing.ts';

let t: TestProgram;
beforeAll(async () => {
  t = await createTestProgram({ clock: { now: () => new Date('2026-06-01T12:00:00Z') } });
});
afterAll(() => t.close());
beforeEach(async () => {
  await t.program.database.pool.query(
    'truncate member, identity, merge, suggestion, card_stale, identity_stat, member_card, affiliation, organization cascade',
  );
});

const profileOf = async (identity: number | undefined) =>
  callAction(t.program, t.asAdministrator, getMember, { id: await memberOf(t.program, identity ?? 0) });
const places = async (identity: number | undefined) =>
  (await profileOf(identity)).affiliations.map((one) => [one.organization.name, one.from, one.to, one.origin]);

test('names of organizations compare without legal form, case, accents and @', () => {
  const keys = ['Acme, Inc.', 'ACME', '@acme', 'Acmé GmbH'].map(organizationKey);
  expect(new Set(keys)).toEqual(new Set(['acme']));
  expect(organizationKey('Red Hat')).toBe(organizationKey('RedHat'));
  expect(organizationKey('Limited')).toBe('limited');
  expect(nameFromDomain('acme-labs.co.uk')).toBe('Acme Labs');
});

test('a past employer stays in the past, a subdomain counts for its parent', async () => {
  const { ids } = await arrive(t.program, [email('ada@eng.acme.com')], { at: '2020-03-01T00:00:00Z' });
  await arrive(t.program, [email('ada@eng.acme.com')], { at: '2021-04-01T00:00:00Z' });
  const later = await arrive(t.program, [email('ada@globex.org')], { at: '2022-05-01T00:00:00Z' });
  await callAction(t.program, t.asAdministrator, mergeMembers, {
    members: [await memberOf(t.program, ids[0] ?? 0), await memberOf(t.program, later.ids[0] ?? 0)],
  });
  await callAction(t.program, t.asAdministrator, createOrganization, { name: 'Acme', domains: ['https://www.acme.com/'] });
  await callAction(t.program, t.asAdministrator, createOrganization, { name: 'Globex', domains: ['globex.org'] });
  await refreshStaleCards(t.program);
  expect(await places(ids[0])).toEqual([
    ['Globex', '2022-05-01', null, 'domain'],
    ['Acme', '2020-03-01', '2022-04-30', 'domain'],
  ]);
  const acme = (await callAction(t.program, t.asAdministrator, listOrganizations, { search: 'acme' })).organizations[0];
  expect(await callAction(t.program, t.asAdministrator, getOrganization, { id: acme?.id })).toMatchObject({
    members: 0,
    formerMembers: 1,
    domains: ['acme.com'],
  });
  await callAction(t.program, t.asAdministrator, removeDomain, { id: acme?.id, domain: 'acme.com' });
  await refreshStaleCards(t.program);
  expect(await places(ids[0])).toEqual([['Globex', '2022-05-01', null, 'domain']]);
});

test('an address that fell silent while the person went on elsewhere ends with its last activity', async () => {
  const { ids } = await arrive(t.program, [email('bob@acme.com')], { at: '2019-01-01T00:00:00Z' });
  const home = await arrive(t.program, [email('bob@gmail.com')], { at: '2025-01-01T00:00:00Z' });
  await callAction(t.program, t.asAdministrator, createOrganization, { name: 'Acme', domains: ['acme.com'] });
  await refreshStaleCards(t.program);
  expect(await places(ids[0])).toEqual([['Acme', '2019-01-01', null, 'domain']]);
  await callAction(t.program, t.asAdministrator, mergeMembers, {
    members: [await memberOf(t.program, ids[0] ?? 0), await memberOf(t.program, home.ids[0] ?? 0)],
  });
  expect(await places(ids[0])).toEqual([['Acme', '2019-01-01', '2019-01-01', 'domain']]);
});

test('domains that nobody claimed are ranked by people, without free mail and forges', async () => {
  await arrive(t.program, [
    email('a@acme.com'),
    email('b@acme.com'),
    email('c@eng.acme.com'),
    email('a@gmail.com'),
    email('b@gmail.com'),
    email('x@users.noreply.github.com'),
    email('root@localhost'),
    email('a@globex.org'),
    email('b@globex.org'),
    email('c@globex.org'),
  ]);
  const unclaimed = async () =>
    (await callAction(t.program, t.asAdministrator, unclaimedDomains, {})).domains.map((one) => [one.domain, one.people]);
  expect(await unclaimed()).toEqual([
    ['globex.org', 3],
    ['acme.com', 2],
  ]);
  const { id } = await callAction(t.program, t.asAdministrator, claimDomain, { domain: 'globex.org' });
  await refreshStaleCards(t.program);
  expect(await unclaimed()).toEqual([['acme.com', 2]]);
  expect(await callAction(t.program, t.asAdministrator, getOrganization, { id })).toMatchObject({ name: 'Globex', members: 3 });
  await expect(callAction(t.program, t.asAdministrator, addDomain, { id, domain: 'gmail.com' })).rejects.toMatchObject({
    code: 'organizations.public_domain',
  });
});

test('our domains make team members', async () => {
  const { ids } = await arrive(t.program, [email('me@ours.dev'), email('you@else.com')]);
  await t.program.database.pool.query("update workspace set our_domains = '{ours.dev}', name = 'Ours'");
  await transaction(t.program.database, (tx) => settleOurDomains(tx, t.program.clock.now()));
  await refreshStaleCards(t.program);
  expect((await profileOf(ids[0])).team).toBe(true);
  expect((await profileOf(ids[1])).team).toBe(false);
  await t.program.database.pool.query("update workspace set our_domains = '{}'");
  await transaction(t.program.database, (tx) => settleOurDomains(tx, t.program.clock.now()));
  await refreshStaleCards(t.program);
  expect((await profileOf(ids[0])).team).toBe(false);
});

test('imports state affiliations, once, and leave alone what a person fixed', async () => {
  const draft = { person: account('ada'), organization: 'Acme Inc.', from: '2021-01-01', to: '2020-01-01', role: 'Engineer' };
  const take = async (): Promise<void> => {
    const resolver = createResolver();
    await transaction(t.program.database, async (tx) => {
      await importOrganizations(
        tx,
        [{ name: 'ACME', domains: ['acme.com', 'gmail.com', 'not a domain'], kind: 'company', customerId: 'C1' }],
        new Date(),
      );
      await importAffiliations(tx, resolver, [draft, { ...draft, from: '2024-02-30' }], undefined, new Date());
      await resolver.finish(tx);
    });
    resolver.commit();
    await refreshStaleCards(t.program);
  };
  await take();
  await take();
  const { ids } = await arrive(t.program, [account('ada')]);
  expect(await places(ids[0])).toEqual([
    ['ACME', '2020-01-01', '2021-01-01', 'import'],
    ['ACME', null, '2020-01-01', 'import'],
  ]);
  const [first, second] = (await profileOf(ids[0])).affiliations;
  await callAction(t.program, t.asAdministrator, updateAffiliation, { id: first?.id, from: '2019-06-01', to: null });
  await callAction(t.program, t.asAdministrator, removeAffiliation, { id: second?.id });
  await expect(callAction(t.program, t.asAdministrator, updateAffiliation, { id: first?.id, to: '2000-01-01' })).rejects.toMatchObject({
    code: 'affiliations.dates',
  });
  await take();
  expect((await places(ids[0]))[0]).toEqual(['ACME', '2019-06-01', null, 'import']);
});

test('a profile that names another employer than before ends the one before', async () => {
  const { ids } = await arrive(t.program, [account('ada', { organizationName: '@acme' })]);
  await arrive(t.program, [account('ada', { organizationName: 'Acme, Inc.' })]);
  expect(await places(ids[0])).toEqual([['acme', null, null, 'profile']]);
  await arrive(t.program, [account('ada', { organizationName: 'Globex' })]);
  expect(await places(ids[0])).toEqual([
    ['Globex', '2026-06-01', null, 'profile'],
    ['acme', null, '2026-05-31', 'profile'],
  ]);
});

test('organizations that are one are merged, with people, domains and the name as an alias', async () => {
  const { ids } = await arrive(t.program, [account('ada'), email('bob@acme.io')]);
  const acme = await callAction(t.program, t.asAdministrator, createOrganization, { name: 'Acme', domains: ['acme.com'] });
  const labs = await callAction(t.program, t.asAdministrator, createOrganization, {
    name: 'Acme Labs',
    domains: ['acme.io'],
    parent: acme.id,
  });
  await callAction(t.program, t.asAdministrator, addAffiliation, { member: await memberOf(t.program, ids[0] ?? 0), organization: labs.id });
  await expect(callAction(t.program, t.asAdministrator, createOrganization, { name: 'ACME LABS' })).rejects.toMatchObject({
    kind: 'conflict',
  });
  const { merge } = await callAction(t.program, t.asAdministrator, mergeOrganizations, { id: labs.id, into: acme.id });
  await refreshStaleCards(t.program);
  expect(await callAction(t.program, t.asAdministrator, getOrganization, { id: acme.id })).toMatchObject({
    members: 2,
    domains: ['acme.com', 'acme.io'],
    aliases: ['Acme Labs'],
    parent: null,
    merges: [{ id: merge, name: 'Acme Labs' }],
  });
  // And back: each has what it had.
  await callAction(t.program, t.asAdministrator, undoOrganizationMerge, { merge });
  await refreshStaleCards(t.program);
  expect(await callAction(t.program, t.asAdministrator, getOrganization, { id: acme.id })).toMatchObject({
    aliases: [],
    merges: [],
    domains: ['acme.com'],
  });
  expect(await callAction(t.program, t.asAdministrator, getOrganization, { id: labs.id })).toMatchObject({
    name: 'Acme Labs',
    members: 2,
    domains: ['acme.io'],
    parent: { id: acme.id },
  });
  await expect(callAction(t.program, t.asAdministrator, undoOrganizationMerge, { merge })).rejects.toMatchObject({ kind: 'conflict' });
});

test('an affiliation that somebody removed does not come back with the next import', async () => {
  const { ids } = await arrive(t.program, [account('ada')]);
  const say = (from: string) =>
    transaction(t.program.database, (tx) =>
      importAffiliations(tx, createResolver(), [{ person: account('ada'), organization: 'Globex', from }], undefined, new Date()),
    );
  await say('2024-01-01');
  await say('2025-01-01');
  const [wrong] = (await profileOf(ids[0])).affiliations.filter((one) => one.from === '2024-01-01');
  await callAction(t.program, t.asAdministrator, removeAffiliation, { id: wrong?.id });
  await say('2024-01-01');
  await say('2025-01-01');
  expect((await places(ids[0])).map(([, from]) => from)).toEqual(['2025-01-01']);
});
