import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestProgram } from '../../../test/program.ts';
import type { TestProgram } from '../../../test/program.ts';
import { callAction } from '../../platform/action.ts';
import { addAffiliation } from './affiliations.ts';
import { createMember } from './edit.ts';
import { refreshStaleCards } from './index.ts';
import { createOrganization } from './organization-actions.ts';
import { organizationPeople } from './organization-people.ts';

let t: TestProgram;
beforeAll(async () => {
  t = await createTestProgram({ clock: { now: () => new Date('2026-06-01T12:00:00Z') } });
});
afterAll(() => t.close());

test('people now and before, each once with the whole of their stay, page by page', async () => {
  const organization = await callAction(t.program, t.asAdministrator, createOrganization, { name: 'Acme' });
  const stay = async (name: string, spans: { from: string | null; to: string | null }[]) => {
    const { id: member } = await callAction(t.program, t.asAdministrator, createMember, { name });
    for (const span of spans)
      await callAction(t.program, t.asAdministrator, addAffiliation, { member, organization: organization.id, ...span });
  };
  await stay('Ada', [
    { from: '2019-01-01', to: '2020-01-01' },
    { from: '2024-01-01', to: null },
  ]);
  await stay('Bo', [{ from: null, to: '2022-05-31' }]);
  await stay('Cy', [{ from: '2026-05-01', to: '2026-06-01' }]);
  await stay('Di', [{ from: '2027-01-01', to: null }]);
  await refreshStaleCards(t.program);
  const people = async (when: 'now' | 'before') => {
    const rows: unknown[] = [];
    let cursor: string | undefined;
    do {
      const page = await callAction(t.program, t.asAdministrator, organizationPeople, { id: organization.id, when, limit: 1, cursor });
      rows.push(...page.people.map(({ member, from, to }) => [member.name, from, to]));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    return rows;
  };
  expect(await people('now')).toEqual([
    ['Cy', '2026-05-01', '2026-06-01'],
    ['Ada', '2019-01-01', null],
  ]);
  expect(await people('before')).toEqual([['Bo', null, '2022-05-31']]);
});
