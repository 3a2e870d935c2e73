import { z } from 'zod';
import type { ActivityDraft, Derived, IdentityLink, Person, ThreadDraft } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { identityOf } from '../kit/people.ts';
import { cleanName, htmlToText, webUrl } from '../kit/text.ts';
import { timeSeconds } from '../kit/time.ts';
import { readQuestions } from './read-questions.ts';
import type { StackexchangeSettings } from './settings.ts';

const owner = z.object({
  user_id: z.int().optional(),
  account_id: z.int().optional(),
  user_type: z.string().optional(),
  display_name: z.string().optional(),
  profile_image: z.string().optional(),
  link: z.string().optional(),
});
const comment = z.object({
  comment_id: z.int(),
  post_id: z.int(),
  creation_date: timeSeconds,
  score: z.number().optional(),
  body: z.string().optional(),
  owner: owner.optional(),
});
const answer = z.object({
  answer_id: z.int(),
  creation_date: timeSeconds,
  score: z.number().optional(),
  body: z.string().optional(),
  is_accepted: z.boolean().optional(),
  owner: owner.optional(),
  comments: z.array(comment).optional(),
});
const questionRecord = z.object({
  question_id: z.int().positive(),
  title: z.string(),
  creation_date: timeSeconds,
  score: z.number().optional(),
  body: z.string().optional(),
  tags: z.array(z.string()).default([]),
  accepted_answer_id: z.int().optional(),
  closed_date: z.number().optional(),
  link: z.string().optional(),
  owner: owner.optional(),
  answers: z.array(answer).optional(),
  comments: z.array(comment).optional(),
});

type Question = z.infer<typeof questionRecord>;
type Owner = z.infer<typeof owner>;

export const questions = defineStream({
  name: 'questions',
  title: 'Questions, answers and comments',
  order: 'oldest-first',
  record: questionRecord,
  externalId: (question) => String(question.question_id),
  pages: readQuestions,
  derive,
});

/** A record may hold 1,024 activities. */
const mostActivities = 1000;

function derive(question: Question, settings: StackexchangeSettings): Derived {
  const host = settings.site;
  const id = question.question_id;
  const title = cleanName(htmlToText(question.title, 1000), 300);
  const url = webUrl(question.link) ?? `https://${host}/q/${id}`;
  const thread: ThreadDraft = { externalId: String(id), kind: 'question', url, ...(title === '' ? {} : { title }) };
  const drafts: ActivityDraft[] = [];
  const links = new Map<string, IdentityLink>();
  const add = (kind: ActivityDraft['kind'], part: Part, address: string): void => {
    const person = personOf(part.owner, host, id);
    const text = htmlToText(part.body ?? '');
    const link = linkOf(person, part.owner);
    if (link !== undefined) links.set(person.value, link);
    drafts.push({
      kind,
      at: part.creation_date * 1000,
      person,
      thread: kind === 'question' ? { ...thread, ...stateOf(question), opens: true } : thread,
      url: address,
      ...(title === '' ? {} : { title }),
      ...(text === '' ? {} : { text }),
      ...(part.score === undefined || !Number.isSafeInteger(part.score) ? {} : { value: part.score }),
    });
  };
  const addComments = (comments: Question['comments']): void => {
    for (const one of comments ?? []) add('comment', one, `https://${host}/q/${id}#comment${one.comment_id}_${one.post_id}`);
  };
  add('question', question, url);
  for (const one of question.answers ?? []) {
    add('answer', one, `https://${host}/a/${one.answer_id}`);
    // When it was accepted is not said: it stands at the time of the answer.
    if (one.is_accepted === true) add('accepted_answer', one, `https://${host}/a/${one.answer_id}`);
  }
  addComments(question.comments);
  for (const one of question.answers ?? []) addComments(one.comments);
  return { activities: drafts.slice(0, mostActivities), ...(links.size === 0 ? {} : { links: [...links.values()] }) };
}

interface Part {
  creation_date: number;
  score?: number | undefined;
  body?: string | undefined;
  owner?: Owner | undefined;
}

function stateOf(question: Question): Pick<ThreadDraft, 'state' | 'closedAt' | 'labels'> {
  const labels = question.tags.map((tag) => cleanName(tag, 100)).filter((tag) => tag !== '');
  if (question.accepted_answer_id !== undefined || question.answers?.some((one) => one.is_accepted === true) === true) {
    return { state: 'solved', labels };
  }
  if (question.closed_date === undefined) return { state: 'open', labels };
  const closedAt = question.closed_date * 1000;
  return { state: 'closed', labels, ...(Math.abs(closedAt) < 8e15 ? { closedAt } : {}) };
}

/** The number is the identity, since names are not unique. Who was deleted has none: `user123` says who it was, other names do not. */
function personOf(given: Owner | undefined, host: string, question: number): Person {
  const name = cleanName(htmlToText(given?.display_name ?? '', 1000));
  const avatarUrl = webUrl(given?.profile_image);
  const url = webUrl(given?.link);
  if (given?.user_id === undefined) {
    const value = /^user\d+$/.test(name) ? name : `${name || 'nobody'} (question ${question})`;
    return { platform: 'stackexchange', host, type: 'name', value, ...(name === '' ? {} : { name }) };
  }
  return {
    platform: 'stackexchange',
    host,
    type: 'account',
    value: String(given.user_id),
    platformUserId: String(given.user_id),
    url: url ?? `https://${host}/users/${given.user_id}`,
    ...(name === '' ? {} : { name }),
    ...(avatarUrl === undefined ? {} : { avatarUrl }),
    // Only the site's own: its numbers are negative.
    ...(given.user_id < 0 ? { bot: true } : {}),
  };
}

/** One person has one account of the network and a user on each of its sites. */
function linkOf(person: Person, given: Owner | undefined): IdentityLink | undefined {
  if (given?.account_id === undefined || given.account_id <= 0 || person.type !== 'account') return undefined;
  const value = String(given.account_id);
  return {
    a: identityOf(person),
    b: { platform: 'stackexchange', host: 'stackexchange.com', type: 'account', value, platformUserId: value },
    reason: `Stack Exchange says that user ${person.value} of ${person.host ?? ''} is account ${value} of its network`,
    proof: 'platform',
  };
}
