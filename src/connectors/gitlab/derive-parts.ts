import type { z } from 'zod';
import type { ActivityDraft, Derived } from '../contract.ts';
import { cleanName, cleanText, webUrl } from '../kit/text.ts';
import { personOf } from './derive-person.ts';
import { parentThread, timeOf, titleOf } from './derive-work.ts';
import type { awardRecord, forkRecord, labelEventRecord, noteRecord, Parent, releaseRecord, starRecord, User } from './records.ts';
import { user } from './records.ts';
import type { GitlabSettings } from './settings.ts';

const nothing: Derived = { activities: [] };

/** What GitLab writes by itself when somebody reviews: https://docs.gitlab.com/user/project/system_notes/ */
const reviews = new Map([
  ['approved this merge request', 'approved'],
  ['requested changes', 'requested_changes'],
]);

/** A comment; in the code a review comment. Of what GitLab notes by itself only approvals and requests for changes. */
export function deriveNote(note: z.infer<typeof noteRecord>, settings: GitlabSettings): Derived {
  const about = within(note.parent, note.author, settings, `#note_${note.id}`);
  const at = timeOf(note.created_at);
  if (about === undefined) return nothing;
  if (note.system) {
    const verdict = note.parent.kind === 'merge_requests' ? reviews.get(note.body.trim()) : undefined;
    return verdict === undefined ? nothing : { activities: [{ ...about, kind: 'review', platformType: verdict, at }] };
  }
  const text = cleanText(note.body);
  const inCode = note.parent.kind === 'merge_requests' && /^(?:Legacy)?DiffNote$/.test(note.type ?? '');
  return { activities: [{ ...about, kind: inCode ? 'review_comment' : 'comment', at, ...(text === '' ? {} : { text }) }] };
}

export function deriveLabelEvent(event: z.infer<typeof labelEventRecord>, settings: GitlabSettings): Derived {
  const about = within(event.parent, event.user, settings, '');
  if (about === undefined) return nothing;
  const text = cleanName(event.label?.name ?? '');
  return {
    activities: [{ ...about, kind: 'label', platformType: event.action, at: timeOf(event.created_at), ...(text === '' ? {} : { text }) }],
  };
}

export function deriveAward(award: z.infer<typeof awardRecord>, settings: GitlabSettings): Derived {
  const about = within(award.parent, award.user, settings, '');
  if (about === undefined) return nothing;
  const platformType = cleanName(award.name, 50);
  return {
    activities: [{ ...about, kind: 'reaction', at: timeOf(award.created_at), ...(platformType === '' ? {} : { platformType }) }],
  };
}

export function deriveStar({ starred_since, user: who, project }: z.infer<typeof starRecord>, settings: GitlabSettings): Derived {
  return { activities: [{ ...ofProject(project), kind: 'star', at: timeOf(starred_since), person: personOf(who, settings) }] };
}

/** A fork in a person's own namespace is theirs; who forked into a group is not shown. */
export function deriveFork(fork: z.infer<typeof forkRecord>, settings: GitlabSettings): Derived {
  const { owner, namespace, project } = fork;
  const at = timeOf(fork.created_at);
  const url = webUrl(fork.web_url ?? undefined);
  const about = { ...ofProject(project), ...(url === undefined ? {} : { url }), kind: 'fork' as const, at };
  if (owner !== null && owner !== undefined) return { activities: [{ ...about, person: personOf(owner, settings) }] };
  if (namespace?.kind !== 'user' || !user.shape.username.safeParse(namespace.path).success) return nothing;
  // A namespace's number is not the account's.
  const { platformUserId: _, ...person } = personOf({ id: 1, username: namespace.path, name: namespace.name }, settings);
  return { activities: [{ ...about, person }] };
}

export function deriveRelease(release: z.infer<typeof releaseRecord>, settings: GitlabSettings): Derived {
  if (release.author === null || release.author === undefined) return nothing;
  const title = titleOf(release.name ?? '') || titleOf(release.tag_name);
  const text = cleanText(release.description ?? '');
  const url = webUrl(release._links?.self ?? undefined);
  return {
    activities: [
      {
        kind: 'release',
        at: timeOf(release.released_at),
        person: personOf(release.author, settings),
        ...(title === '' ? {} : { title }),
        ...(text === '' ? {} : { text }),
        ...(url === undefined ? {} : { url }),
      },
    ],
  };
}

/** What all activities within an issue or merge request have. Nothing when the account is no more. */
function within(
  parent: Parent,
  who: User | null | undefined,
  settings: GitlabSettings,
  anchor: string,
): Pick<ActivityDraft, 'person' | 'thread' | 'title' | 'url'> | undefined {
  if (who === null || who === undefined) return undefined;
  const title = titleOf(parent.title);
  const url = webUrl(parent.web_url ?? undefined);
  return {
    person: personOf(who, settings),
    thread: parentThread(parent),
    ...(title === '' ? {} : { title }),
    ...(url === undefined ? {} : { url: `${url}${anchor}` }),
  };
}

function ofProject({ path, web_url }: z.infer<typeof starRecord>['project']): { title?: string; url?: string } {
  const [title, url] = [titleOf(path), webUrl(web_url ?? undefined)];
  return { ...(title === '' ? {} : { title }), ...(url === undefined ? {} : { url }) };
}
