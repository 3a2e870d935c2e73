import { z } from 'zod';
import type { Derived, Json, Page } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { walkNewest } from '../kit/newest.ts';
import type { Listing, Place } from '../kit/newest.ts';
import { cleanName } from '../kit/text.ts';
import { readTime, timeText } from '../kit/time.ts';
import { personOf, pick, username } from './people.ts';
import type { DiscourseIo, DiscourseSettings } from './settings.ts';
import { ask, baseOf } from './settings.ts';

const grantRecord = z.object({
  id: z.int().positive(),
  granted_at: timeText,
  user: z.object({ id: z.int(), username, name: z.string().nullish(), avatar_template: z.string().nullish() }),
  badge: z.object({ id: z.int(), name: z.string() }),
});

const badgeList = z.object({
  badges: z.array(z.looseObject({ id: z.int(), name: z.string(), enabled: z.boolean().default(true), grant_count: z.int().default(0) })),
});
export const grantList = z.object({
  users: z.array(z.looseObject({ id: z.int(), username: z.string() })).default([]),
  user_badge_info: z.object({ user_badges: z.array(z.looseObject({ user_id: z.int().nullish() })).default([]) }),
});

export const badges = defineStream({
  name: 'badges',
  title: 'Badges',
  order: 'newest-first',
  record: grantRecord,
  externalId: (grant) => String(grant.id),
  derive,
  async *pages(io: DiscourseIo, cursor: Json | undefined): AsyncGenerator<Page> {
    if (!io.settings.members) return;
    const { badges: all } = await ask(io, '/badges.json', badgeList, 'its badges');
    const names = new Map(all.map(({ id, name }) => [String(id), name]));
    const places = all
      .filter((badge) => badge.enabled && badge.grant_count > 0)
      .map(({ id, grant_count: mark }) => ({ id: String(id), mark }));
    yield* walkNewest(io, cursor, { places, read: (place, next) => readGrants(io, place, next, names.get(place.id) ?? '') });
  },
});

/** Ninety-six grants of one badge, the last first. Whom they went to stands beside them. */
async function readGrants(io: DiscourseIo, place: Place, next: Json | undefined, name: string): Promise<Listing> {
  const offset = typeof next === 'number' ? next : 0;
  const found = await ask(io, '/user_badges.json', grantList, 'who has a badge', { badge_id: place.id, offset });
  const people = new Map(found.users.map((user) => [user.id, pick(user, ['id', 'username', 'name', 'avatar_template'])]));
  const grants = found.user_badge_info.user_badges;
  const entries = grants.map((grant) => {
    const given = grant['granted_at'];
    const at = readTime(typeof given === 'string' ? given : '');
    const user = people.get(grant.user_id ?? 0) ?? null;
    const item = { ...pick(grant, ['id', 'granted_at', 'post_id', 'topic_id']), user, badge: { id: Number(place.id), name } };
    return { rank: at, id: String(grant['id']), at, item: item as Json };
  });
  return { entries, next: grants.length > 0 ? offset + grants.length : undefined };
}

function derive(grant: z.infer<typeof grantRecord>, settings: DiscourseSettings): Derived {
  const { user, badge } = grant;
  const title = cleanName(badge.name, 300);
  return {
    activities: [
      {
        kind: 'badge',
        at: readTime(grant.granted_at),
        person: personOf({ username: user.username, id: user.id, name: user.name, avatar: user.avatar_template }, settings),
        url: `${baseOf(settings)}/badges/${badge.id}/-`,
        ...(title === '' ? {} : { title }),
      },
    ],
  };
}
