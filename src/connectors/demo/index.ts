import { z } from 'zod';
import type { ConnectorIo, Json, Page, Person } from '../contract.ts';
import { activityKinds } from '../contract.ts';
import { defineConnector, defineStream } from '../kit/define.ts';
import { cleanName, cleanText } from '../kit/text.ts';
import { demoPlaces, isHome, itemsOf, livesAt } from './days.ts';
import type { DemoItem, DemoPlace } from './days.ts';
import { communityDays, organizations, people } from './people.ts';
import type { DemoPerson } from './people.ts';

const settings = z.object({
  place: z
    .enum(demoPlaces)
    .meta({ title: 'Place', description: 'Which part of the synthetic community: its forum, its code or its chat.' }),
  days: z
    .number()
    .int()
    .min(1)
    .max(communityDays)
    .default(communityDays)
    .meta({ title: 'Days', description: 'How far back the community goes.' }),
});
type Settings = z.infer<typeof settings>;

const dayLength = 86_400_000;
const daysAPage = 15;
const cursorSchema = z.object({ startsAt: z.number(), next: z.number() });

function accountOf(person: DemoPerson, place: DemoPlace): Person {
  return {
    platform: 'demo',
    host: `${place}.demo.example`,
    type: 'account',
    value: person.handle,
    platformUserId: String(person.number),
    name: person.name,
    location: person.location,
    ...(person.bot ? { bot: true } : {}),
  };
}

const emailOf = (person: DemoPerson) => ({ platform: 'email', type: 'email', value: person.email }) as const;

const activity = defineStream({
  name: 'activity',
  title: 'What happened',
  order: 'oldest-first',
  record: z.object({
    id: z.string(),
    kind: z.enum(activityKinds),
    at: z.number().int().min(0).max(4_102_444_800_000),
    person: z
      .number()
      .int()
      .min(0)
      .max(people.length - 1),
    title: z.string(),
    text: z.string(),
    thread: z
      .object({
        id: z.string(),
        title: z.string(),
        opens: z.boolean(),
        kind: z.enum(['question', 'topic', 'issue', 'merge_request']).optional(),
      })
      .nullable(),
    value: z.number().nullable(),
  }) satisfies z.ZodType<DemoItem>,
  externalId: (record) => record.id,
  pages,
  derive(record, { place }: Settings) {
    const person = people[record.person] as DemoPerson;
    return {
      activities: [
        {
          kind: record.kind,
          at: record.at,
          person: accountOf(person, place),
          title: cleanName(record.title, 500),
          ...(record.text === '' ? {} : { text: cleanText(record.text) }),
          ...(record.value === null ? {} : { value: record.value }),
          ...(place === 'chat' ? { room: { externalId: 'general', name: '#general' } } : {}),
          ...(record.thread === null
            ? {}
            : {
                thread: {
                  externalId: cleanName(record.thread.id),
                  kind: record.thread.kind ?? (place === 'code' ? ('merge_request' as const) : ('topic' as const)),
                  title: cleanName(record.thread.title, 500),
                  opens: record.thread.opens,
                },
              }),
        },
      ],
    };
  },
});

async function* pages(io: ConnectorIo<Settings>, cursor: Json | undefined): AsyncGenerator<Page> {
  const today = Math.floor(io.now().getTime() / dayLength);
  const known = cursorSchema.safeParse(cursor);
  const { startsAt, next } = known.success
    ? known.data
    : { startsAt: (today - communityDays) * dayLength, next: communityDays - io.settings.days };
  const end = today - startsAt / dayLength;
  for (let day = next; day < end; day += daysAPage) {
    io.signal.throwIfAborted();
    const until = Math.min(end, day + daysAPage);
    const items = Array.from({ length: until - day }, (_, n) => itemsOf(io.settings.place, startsAt, day + n)).flat();
    const wanted = io.since === undefined ? items : items.filter((item) => item.at >= (io.since?.getTime() ?? 0));
    // Plain objects, which the type cannot say without an index signature.
    yield { items: wanted as unknown as Json[], cursor: { startsAt, next: until } };
  }
}

const members = defineStream({
  name: 'members',
  title: 'Who they say they are',
  order: 'snapshot',
  record: z.object({
    person: z
      .number()
      .int()
      .min(0)
      .max(people.length - 1),
  }),
  externalId: (record) => String(record.person),
  async *pages(io: ConnectorIo<Settings>, cursor: Json | undefined): AsyncGenerator<Page> {
    io.signal.throwIfAborted();
    if (cursor === 'all') return;
    yield {
      items: people.filter((person) => !person.bot && livesAt(person, io.settings.place)).map(({ number }) => ({ person: number })),
      cursor: 'all',
    };
  },
  derive(record, { place }: Settings) {
    const person = people[record.person] as DemoPerson;
    const organization = person.organization === undefined ? undefined : organizations[person.organization];
    const account = accountOf(person, place);
    return {
      activities: [],
      ...(person.tied
        ? {
            people: [account, { ...emailOf(person), name: person.name }],
            links: [{ a: account, b: emailOf(person), proof: 'import' as const, reason: 'The demo says so' }],
          }
        : {}),
      ...(organization === undefined || !person.tied || !isHome(person, place)
        ? {}
        : {
            organizations: [{ name: organization.name, kind: organization.kind, domains: [organization.domain] }],
            affiliations: [{ person: account, organization: organization.name }],
          }),
    };
  },
});

export const demo = defineConnector({
  name: 'demo',
  title: 'Demo community',
  summary: 'Makes up a community of some 2,000 people over two years, to look around in: none of them is real.',
  settings,
  nameOf: ({ place }) => `Demo ${place}`,
  everyMinutes: 1440,
  check: async () => [{ ok: true, what: 'Make up a community', detail: 'It needs nothing from outside. Every name in it is made up.' }],
  streams: [activity, members],
});
