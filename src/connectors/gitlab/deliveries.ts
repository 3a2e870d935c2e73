import { z } from 'zod';
import type { Delivered, Delivery, DeliveryTarget, HttpAnswer, Json } from '../contract.ts';
import { defineDelivery } from '../kit/define.ts';
import { sourceRefused } from '../kit/failures.ts';
import { cleanName } from '../kit/text.ts';
import { apiUrl, getList, graphql, tooNarrow, unauthenticated } from './api.ts';
import type { GitlabIo, GitlabSettings } from './settings.ts';
import { hostOf } from './settings.ts';

const label = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .regex(/^[^,]+$/, 'must not hold a comma');
const account = z
  .string()
  .trim()
  .transform((text) => text.replace(/^@/, ''))
  .pipe(z.string().regex(/^[\w.-]{1,255}$/, 'is not the name of a GitLab account'));

const comment = defineDelivery({
  name: 'comment',
  title: 'Comment',
  summary: 'Writes a comment on the issue or merge request.',
  on: 'thread',
  input: z.object({
    body: z.string().trim().min(1).max(1_000_000).meta({ title: 'Comment', description: 'In Markdown.', multiline: true }),
    internal: z
      .boolean()
      .default(false)
      .meta({ title: 'Internal note', description: 'Only members of the project from Reporter on see it.' }),
  }),
  async deliver(io: GitlabIo, target, { body, internal }) {
    const made = made1.parse(
      (await send(io, 'POST', `${apiOf(target)}/notes`, { body, ...(internal ? { internal } : {}) }, 'comment')).json(),
    );
    return target.thread?.url === undefined ? {} : { url: `${target.thread.url}#note_${made.id}` };
  },
});

const made1 = z.object({ id: z.number() });

const changeLabels = defineDelivery({
  name: 'label',
  title: 'Change labels',
  summary: 'Adds and removes labels of the issue or merge request.',
  on: 'thread',
  input: z
    .object({
      add: z.array(label).max(50).default([]).meta({ title: 'Add', description: 'Labels to add. One that does not exist is made.' }),
      remove: z.array(label).max(50).default([]).meta({ title: 'Remove', description: 'Labels to take away.' }),
    })
    .refine(({ add, remove }) => add.length + remove.length > 0, 'name a label to add or to remove'),
  deliver: (io: GitlabIo, target, { add, remove }) =>
    update(io, target, {
      ...(add.length === 0 ? {} : { add_labels: add.join(',') }),
      ...(remove.length === 0 ? {} : { remove_labels: remove.join(',') }),
    }),
});

const assign = defineDelivery({
  name: 'assign',
  title: 'Assign',
  summary: 'Assigns the issue or merge request to these people, and to nobody else.',
  on: 'thread',
  input: z.object({
    people: z
      .array(account)
      .max(20)
      .meta({ title: 'People', description: 'Names of GitLab accounts. Without any, it is assigned to nobody.' }),
  }),
  async deliver(io: GitlabIo, target, { people }) {
    const ids: number[] = [];
    for (const name of people) ids.push(await accountId(io, name));
    return update(io, target, { assignee_ids: ids });
  },
});

const setDueDate = defineDelivery({
  name: 'due_date',
  title: 'Set due date',
  summary: 'Sets or clears the day on which the issue is due.',
  on: 'thread',
  input: z.object({
    date: z.iso.date().optional().meta({ title: 'Due on', description: 'A day: 2026-03-01. Without one, the date is cleared.' }),
  }),
  async deliver(io: GitlabIo, target, { date }) {
    if (target.thread?.kind !== 'issue') throw sourceRefused('gitlab.target', 'GitLab keeps a due date for issues only. Choose an issue.');
    return update(io, target, { due_date: date ?? '' });
  },
});

const close = defineDelivery({
  name: 'close',
  title: 'Close',
  summary: 'Closes the issue or merge request.',
  on: 'thread',
  input: z.object({}),
  deliver: (io: GitlabIo, target) => update(io, target, { state_event: 'close' }),
});

const reopen = defineDelivery({
  name: 'reopen',
  title: 'Reopen',
  summary: 'Opens the closed issue or merge request again.',
  on: 'thread',
  input: z.object({}),
  deliver: (io: GitlabIo, target) => update(io, target, { state_event: 'reopen' }),
});

const react = defineDelivery({
  name: 'react',
  title: 'React',
  summary: 'Gives the issue or merge request an emoji.',
  on: 'thread',
  input: z.object({
    emoji: z
      .string()
      .trim()
      .regex(/^[\w+-]{1,100}$/, 'is the name of an emoji without colons: thumbsup, tada')
      .meta({ title: 'Emoji', description: 'Its name, without colons: thumbsup, tada, heart.' }),
  }),
  async deliver(io: GitlabIo, target, { emoji }) {
    await send(io, 'POST', `${apiOf(target)}/award_emoji`, { name: emoji }, 'emoji');
    return seen(target);
  },
});

const achieve = defineDelivery({
  name: 'achievement',
  title: 'Award an achievement',
  summary: "Gives the person one of a group's achievements; GitLab tells them by e-mail.",
  on: 'person',
  input: z.object({
    achievement: z
      .number()
      .int()
      .min(1)
      .meta({ title: 'Achievement', description: 'Its number, as the GraphQL API of the group lists it.' }),
    message: z.string().trim().min(1).max(200).optional().meta({ title: 'Message', description: 'Shown with it (GitLab 18 or newer).' }),
  }),
  async deliver(io: GitlabIo, { person }, { achievement, message }) {
    if (person?.platform !== 'gitlab' || person.type !== 'account' || person.host !== hostOf(io.settings)) {
      throw sourceRefused('gitlab.target', `This is no account of ${hostOf(io.settings)}. Choose a person who has one.`);
    }
    const userId = person.platformUserId ?? (await accountId(io, person.value));
    const input = {
      achievementId: `gid://gitlab/Achievements::Achievement/${achievement}`,
      userId: `gid://gitlab/User/${userId}`,
      ...(message === undefined ? {} : { awardMessage: message }),
    };
    const { data, error } = await graphql(io, award, { input }, false);
    const result = awarded.safeParse(data['achievementsAward']);
    const complaint = error ?? (result.success ? result.data.errors.join('; ') : 'no answer that can be understood');
    if (complaint !== '') throw refusal(io, 'achievement', complaint);
    return { url: `${new URL(apiUrl(io, '')).origin}/${person.value}` };
  },
});

/** https://docs.gitlab.com/user/profile/achievements/#award-an-achievement */
const award = 'mutation($input: AchievementsAwardInput!) { achievementsAward(input: $input) { userAchievement { id } errors } }';
const awarded = z.object({ errors: z.array(z.string()) });

export const deliveries: Delivery<GitlabSettings>[] = [comment, changeLabels, assign, setDueDate, close, reopen, react, achieve];

async function update(io: GitlabIo, target: DeliveryTarget, change: { [key: string]: Json }): Promise<Delivered> {
  await send(io, 'PUT', apiOf(target), change, 'change');
  return seen(target);
}

function seen({ thread }: DeliveryTarget): Delivered {
  return thread?.url === undefined ? {} : { url: thread.url };
}

/** `278964#12` → `projects/278964/issues/12`. */
function apiOf({ thread }: DeliveryTarget): string {
  const found = /^(\d+)([#!])(\d+)$/.exec(thread?.externalId ?? '');
  if (found === null)
    throw sourceRefused('gitlab.target', 'Only issues and merge requests can be changed from here. Open it in GitLab instead.');
  return `projects/${found[1]}/${found[2] === '#' ? 'issues' : 'merge_requests'}/${found[3]}`;
}

/** https://docs.gitlab.com/api/users/#list-users */
async function accountId(io: GitlabIo, username: string): Promise<number> {
  const { items } = await getList(io, 'users', { username }, 'accounts');
  const found = made1.safeParse(items[0]);
  if (!found.success) throw sourceRefused('gitlab.account', `${hostOf(io.settings)} has no account "${username}". Check the name.`);
  return found.data.id;
}

async function send(io: GitlabIo, method: 'POST' | 'PUT', path: string, json: Json, what: string): Promise<HttpAnswer> {
  const answer = await io.http.send(method, apiUrl(io, path), { json });
  if (answer.status >= 200 && answer.status < 300) return answer;
  if (answer.status === 401) throw unauthenticated(io, 'this');
  if (answer.text().includes('insufficient_scope')) throw tooNarrow(io, 'api');
  throw refusal(io, what, `status ${answer.status}${complaintOf(answer)}`);
}

function refusal(io: GitlabIo, what: string, why: string) {
  return sourceRefused(
    'gitlab.refused',
    `${hostOf(io.settings)} refused the ${what} (${why}). Check that the token has the scope api, and its account the role that this needs.`,
  );
}

/** GitLab's own words: a text, or texts by field. */
function complaintOf(answer: HttpAnswer): string {
  try {
    const { message, error } = z.object({ message: z.unknown(), error: z.unknown() }).partial().parse(answer.json());
    const said = message ?? error;
    return said === undefined ? '' : `: ${cleanName(typeof said === 'string' ? said : JSON.stringify(said), 300)}`;
  } catch {
    return '';
  }
}
