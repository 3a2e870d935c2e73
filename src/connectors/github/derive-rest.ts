import type { z } from 'zod';
import type { Derived, Person, ThreadDraft } from '../contract.ts';
import { cleanName, cleanText, webUrl } from '../kit/text.ts';
import { described, labelsOf, pageOf, personOf, threadOf, timeOf } from './derive-parts.ts';
import type { discussionCommentRecord, discussionRecord, forkRecord, profileRecord, releaseRecord, starRecord } from './records.ts';
import type { Site } from './settings.ts';

type Discussion = z.infer<typeof discussionRecord>;
type DiscussionComment = z.infer<typeof discussionCommentRecord>;

export function deriveDiscussion(record: Discussion | DiscussionComment, settings: Site): Derived {
  return record.item === 'discussion' ? deriveTopic(record, settings) : deriveDiscussionComment(record, settings);
}

function deriveTopic(discussion: Discussion, settings: Site): Derived {
  const isQuestion = discussion.category?.is_answerable === true;
  const about = described({ title: discussion.title, text: discussion.body, url: discussion.html_url });
  const thread: ThreadDraft = {
    ...threadOf(discussion.repository, discussion.number, isQuestion ? 'question' : 'topic', pageOf(discussion.html_url)),
    ...(about.title === undefined ? {} : { title: about.title }),
  };
  const opened = {
    kind: isQuestion ? ('question' as const) : ('post' as const),
    at: timeOf(discussion.created_at),
    person: personOf(discussion.user, settings),
    thread: { ...thread, opens: true },
    ...about,
  };
  const category = cleanName(discussion.category?.name ?? '', 200);
  const labels = [...(category === '' ? [] : [category]), ...labelsOf(discussion.labels)];
  return { activities: [opened, ...accepted(discussion, thread, settings)], threads: [{ ...thread, ...endOf(discussion), labels }] };
}

/** The answer is its author's, from when it was chosen. */
function accepted({ answer, answer_chosen_at: chosen, title }: Discussion, thread: ThreadDraft, settings: Site): Derived['activities'] {
  if (typeof chosen !== 'string' || answer === null || answer === undefined) return [];
  const person = personOf(answer.user, settings);
  return [{ kind: 'accepted_answer', at: timeOf(chosen), person, thread, ...described({ title, url: answer.html_url }) }];
}

function endOf({ answer_chosen_at: chosen, state, closed_at: closed }: Discussion): Pick<ThreadDraft, 'state' | 'closedAt'> {
  if (typeof chosen === 'string') return { state: 'solved', closedAt: timeOf(chosen) };
  if (state !== 'closed') return { state: 'open' };
  return { state: 'closed', ...(typeof closed === 'string' ? { closedAt: timeOf(closed) } : {}) };
}

function deriveDiscussionComment(comment: DiscussionComment, settings: Site): Derived {
  const isQuestion = comment.discussion.category?.is_answerable === true;
  const isAnswer = isQuestion && typeof comment.parent_id !== 'number';
  const page = pageOf(comment.discussion.html_url ?? comment.html_url);
  return {
    activities: [
      {
        kind: isAnswer ? 'answer' : 'reply',
        at: timeOf(comment.created_at),
        person: personOf(comment.user, settings),
        thread: threadOf(comment.repository, comment.discussion.number, isQuestion ? 'question' : 'topic', page),
        ...described({ text: comment.body, url: comment.html_url }),
      },
    ],
  };
}

export function deriveStar(star: z.infer<typeof starRecord>, settings: Site): Derived {
  const title = cleanName(star.repository.full_name);
  return { activities: [{ kind: 'star', at: timeOf(star.starred_at), person: personOf(star.user, settings), title }] };
}

/** Whoever made a fork for an organization is not told, and an organization is no person. */
export function deriveFork(fork: z.infer<typeof forkRecord>, settings: Site): Derived {
  if (fork.owner?.type === 'Organization') return { activities: [] };
  const about = described({ title: fork.full_name, url: fork.html_url });
  return { activities: [{ kind: 'fork', at: timeOf(fork.created_at), person: personOf(fork.owner, settings), ...about }] };
}

/** A draft is nothing yet. */
export function deriveRelease(release: z.infer<typeof releaseRecord>, settings: Site): Derived {
  if (release.draft === true || typeof release.published_at !== 'string') return { activities: [] };
  const name = cleanName(release.name ?? '') || release.tag_name;
  const about = described({ title: `${release.repository.full_name} ${name}`, text: release.body, url: release.html_url });
  const at = timeOf(release.published_at);
  const platformType = release.prerelease === true ? { platformType: 'prerelease' } : {};
  return { activities: [{ kind: 'release', ...platformType, at, person: personOf(release.author, settings), ...about }] };
}

/**
 * What somebody shows the world. Links and the public address are shown with the biography: GitHub documents the address as
 * publicly visible, not as verified, so it proves nothing.
 */
export function deriveProfile(profile: z.infer<typeof profileRecord>, settings: Site): Derived {
  const [name, location, company] = [profile.name, profile.location, profile.company].map((part) => cleanName(part ?? ''));
  const handle = /^\w{1,50}$/.test(profile.twitter_username ?? '') ? `https://x.com/${profile.twitter_username ?? ''}` : '';
  const email = cleanName(profile.email ?? '', 254);
  const bio = [cleanText(profile.bio ?? '', 1000), website(profile.blog), handle, email].filter((line) => line !== '').join('\n');
  const person: Person = {
    ...personOf(profile, settings),
    ...(name === '' || name === undefined ? {} : { name }),
    ...(location === '' || location === undefined ? {} : { location }),
    ...(company === '' || company === undefined ? {} : { organizationName: company.replace(/^@/, '') || company }),
    ...(bio === '' ? {} : { bio }),
  };
  return { activities: [], people: [person] };
}

/** People enter their site with or without `https://`. */
function website(blog: string | null | undefined): string {
  const entered = cleanName(blog ?? '', 500);
  if (entered === '' || /\s/.test(entered)) return '';
  return webUrl(/^https?:\/\//i.test(entered) ? entered : `https://${entered}`) ?? '';
}
