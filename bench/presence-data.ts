import { activityKinds } from '../src/connectors/contract.ts';
import type { ActivityKind } from '../src/connectors/contract.ts';
import { changeSheet, emptySheet, showDay } from '../src/modules/activities/index.ts';
import type { SheetChange } from '../src/modules/activities/index.ts';
import { copyRows } from '../src/platform/copy.ts';
import type { Cell } from '../src/platform/copy.ts';
import type { Database } from '../src/platform/db.ts';
import { transaction } from '../src/platform/db.ts';
import { createRandom, zipfRank } from './random.ts';

export interface PresenceSize {
  activities: number;
  members: number;
  /** Accounts; those past the members are second ones. */
  identities: number;
}

const sources = 10;
const days = 1095;
/** 1 January 2023. */
const firstDay = 19_358;
const kinds: readonly [ActivityKind, number][] = [
  ['post', 6],
  ['reply', 26],
  ['question', 6],
  ['answer', 10],
  ['reaction', 22],
  ['issue', 6],
  ['merge_request_opened', 5],
  ['merge_request_merged', 4],
  ['comment', 8],
  ['commit', 5],
  ['star', 2],
];

/**
 * Fills an empty, migrated database with people and presence only, straight through COPY: what reports read, without the
 * activities that it stands for. Three years of ten sources; the community grows, and few do most.
 */
export async function makePresence(database: Database, size: PresenceSize): Promise<void> {
  const random = createRandom(11);
  await transaction(database, async ({ client }) => {
    await copyRows(
      client,
      'source',
      { connector: 'text', name: 'text', settings: 'jsonb', every_minutes: 'int4', state: 'text' },
      range(sources, (n) => ['csv', `Source ${n}`, '{}', 60, 'paused']),
    );
    const companies = Math.ceil(size.members / 150);
    await copyRows(
      client,
      'organization',
      { name: 'text', name_key: 'text', kind: 'text' },
      range(companies, (n) => [`Company ${n}`, `company ${n}`, n === 1 ? 'ours' : 'company']),
    );
    await copyRows(
      client,
      'member',
      { id: 'int4', root_id: 'int4', name: 'text', bot: 'text', own_bot: 'text' },
      range(size.members, (id) => {
        const bot = id % 4001 === 0 ? 'bot' : id % 3001 === 0 ? 'suspected' : 'human';
        return [id, id, `Member ${id}`, bot, bot];
      }),
    );
    await copyRows(
      client,
      'identity',
      { id: 'int4', platform: 'text', type: 'text', value: 'text', value_key: 'text', origin_member_id: 'int4', member_id: 'int4' },
      range(size.identities, (id) => {
        const member = id <= size.members ? id : 1 + ((id * 7) % size.members);
        return [id, 'bench', 'account', `account${id}`, `account${id}`, member, member];
      }),
    );
    // Where a quarter of them work, half of those since some day.
    await copyRows(
      client,
      'affiliation',
      { member_id: 'int4', organization_id: 'int4', from_day: 'date', to_day: 'date', origin: 'text' },
      range(Math.floor(size.members / 4), (n) => {
        const from = random.next() < 0.5 ? null : showDay(firstDay + random.below(days));
        return [n * 4, 1 + zipfRank(random, companies), from, null, 'hand'];
      }),
    );
  });
  await transaction(database, ({ client }) =>
    copyRows(
      client,
      'presence',
      { source_id: 'int4', kind: 'int2', day: 'date', people: 'bytea', hours: 'bytea', identities: 'int4', total: 'int4', value: 'int8' },
      sheetsOf(size),
    ),
  );
  await database.pool.query('analyze');
}

function* sheetsOf(size: PresenceSize): Generator<Cell[]> {
  const random = createRandom(5);
  const shares = kinds.flatMap(([kind, share]) => Array.from({ length: share }, () => activityKinds.indexOf(kind)));
  const each = size.activities / (sources * days);
  for (let source = 1; source <= sources; source++) {
    let owed = 0;
    for (let d = 0; d < days; d++) {
      // The community grows; a quarter of what happens is done by those who came last.
      const known = Math.max(100, Math.floor(size.identities * (0.1 + (0.9 * d) / days)));
      const day = new Map<number, Map<number, SheetChange>>();
      for (owed += each; owed >= 1; owed -= 1) {
        const who = 1 + (random.next() < 0.25 ? known - 1 - random.below(Math.ceil(known / 20)) : zipfRank(random, known));
        const kind = random.pick(shares);
        const hour = ((d + 6) % 7) * 24 + random.below(24);
        const people = day.get(kind) ?? new Map<number, SheetChange>();
        day.set(kind, people);
        const person = people.get(who);
        if (person === undefined) people.set(who, { add: [[hour, 255]], remove: [] });
        else person.add.push([hour, 255]);
      }
      for (const [kind, people] of day) {
        const sheet = changeSheet(emptySheet, people);
        yield [source, kind, showDay(firstDay + d), sheet.people, sheet.hours, sheet.identities, sheet.total, 0];
      }
    }
  }
}

function* range(count: number, row: (n: number) => Cell[]): Generator<Cell[]> {
  for (let n = 1; n <= count; n++) yield row(n);
}
