import type { Json } from '../../src/connectors/contract.ts';
import { isObject, iso, isoSeconds, seconds } from './dress.ts';
import type { Changes, Fields } from './dress.ts';
import type { BenchPerson, BenchThread, Facts } from './facts.ts';
import type { SourceRecipe, StreamRecipe } from './recipes.ts';

/** Issues, merge requests and discussions of a repository share their numbers. */
type Counted = 'issues' | 'pull' | 'discussions';
const numberOf = (kind: Counted, thread: BenchThread): number =>
  thread.number * 3 + (['issues', 'pull', 'discussions'] as const).indexOf(kind);
const address = (kind: Counted, thread: BenchThread): string => `https://github.com/octo/hello/${kind}/${numberOf(kind, thread)}`;

const githubUser = ({ id, handle }: BenchPerson): Changes => ({
  login: handle,
  id,
  node_id: `U_${id}`,
  avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
  html_url: `https://github.com/${handle}`,
});

const written = ({ id, at, later, who, text }: Facts): Changes => ({
  id,
  user: githubUser(who),
  body: text,
  created_at: isoSeconds(at),
  updated_at: isoSeconds(later),
});

const opened = (kind: Counted, facts: Facts): Changes => ({
  ...written(facts),
  number: numberOf(kind, facts.thread),
  title: facts.thread.title,
  html_url: address(kind, facts.thread),
  closed_at: isoSeconds(facts.later),
  merged_at: isoSeconds(facts.later),
});

const github: Record<string, StreamRecipe> = {
  issues: { share: 14, dress: (facts) => opened('issues', facts) },
  pulls: { share: 10, dress: (facts) => opened('pull', facts) },
  comments: {
    share: 30,
    within: 'issues',
    dress: (facts) => ({
      ...written(facts),
      html_url: `${address('issues', facts.thread)}#issuecomment-${facts.id}`,
      issue_url: `https://api.github.com/repos/octo/hello/issues/${numberOf('issues', facts.thread)}`,
    }),
  },
  'review-comments': {
    share: 10,
    within: 'pulls',
    dress: (facts) => ({
      ...written(facts),
      html_url: `${address('pull', facts.thread)}#discussion_r${facts.id}`,
      pull_request_url: `https://api.github.com/repos/octo/hello/pulls/${numberOf('pull', facts.thread)}`,
    }),
  },
  releases: {
    share: 0.1,
    dress: (facts) => ({
      id: facts.id,
      tag_name: `v${facts.n}`,
      name: facts.thread.title,
      body: facts.text,
      html_url: `https://github.com/octo/hello/releases/tag/v${facts.n}`,
      author: githubUser(facts.who),
      created_at: isoSeconds(facts.at),
      published_at: isoSeconds(facts.later),
    }),
  },
  forks: {
    share: 0.1,
    people: true,
    dress: ({ id, at, who }) => ({
      id,
      full_name: `${who.handle}/hello`,
      owner: githubUser(who),
      html_url: `https://github.com/${who.handle}/hello`,
      created_at: isoSeconds(at),
      updated_at: isoSeconds(at),
    }),
  },
  stars: { share: 0.8, people: true, dress: ({ at, who }) => ({ starred_at: isoSeconds(at), user: githubUser(who) }) },
  events: {
    share: 12,
    within: 'issues',
    dress: ({ id, at, who, thread }) => ({
      id,
      actor: githubUser(who),
      created_at: isoSeconds(at),
      issue: { id: thread.number, number: numberOf('issues', thread), title: thread.title, html_url: address('issues', thread) },
    }),
  },
  discussions: {
    share: 8,
    dress: (facts) => ({
      ...opened('discussions', facts),
      answer_chosen_at: isoSeconds(facts.later),
      answer: { id: facts.id + 1, user: githubUser(facts.other) },
      discussion: { number: numberOf('discussions', facts.thread), html_url: address('discussions', facts.thread) },
    }),
  },
  reviews: {
    share: 12,
    within: 'pulls',
    dress: ({ id, at, who, thread, text }) => ({
      id,
      user: githubUser(who),
      body: text,
      html_url: `${address('pull', thread)}#pullrequestreview-${id}`,
      submitted_at: isoSeconds(at),
      pull_request: { number: numberOf('pull', thread), html_url: address('pull', thread), user: githubUser(thread.by) },
    }),
  },
  profiles: {
    share: 1,
    people: true,
    dress: ({ who }) => ({
      ...githubUser(who),
      name: who.name,
      company: `@${who.company}`,
      email: who.email,
      blog: `${who.handle}.example.org`,
      twitter_username: who.handle,
    }),
  },
  repositories: { share: 0, dress: () => ({}) },
};

const gitlabUser = ({ id, handle, name }: BenchPerson): Changes => ({
  id,
  username: handle,
  name,
  web_url: `https://gitlab.example.org/${handle}`,
  avatar_url: `https://gitlab.example.org/uploads/${handle}.png`,
});

const gitlabPlace = (kind: string, thread: BenchThread): string => `https://gitlab.example.org/acme/app/-/${kind}/${thread.number}`;

const gitlabWork = (kind: string, { id, at, later, who, other, thread, text }: Facts): Changes => ({
  id,
  iid: thread.number,
  title: thread.title,
  description: text,
  created_at: iso(at),
  updated_at: iso(later),
  closed_at: iso(later),
  merged_at: iso(later),
  author: gitlabUser(who),
  closed_by: gitlabUser(other),
  merged_by: gitlabUser(other),
  merge_user: gitlabUser(other),
  web_url: gitlabPlace(kind, thread),
});

const gitlabPart = ({ id, at, later, who, thread, text }: Facts, { parent }: Fields): Changes => ({
  id,
  body: text,
  author: gitlabUser(who),
  user: gitlabUser(who),
  created_at: iso(at),
  updated_at: iso(later),
  parent: {
    iid: thread.number,
    title: thread.title,
    web_url: gitlabPlace(isObject(parent) && parent['kind'] === 'merge_requests' ? 'merge_requests' : 'issues', thread),
  },
});

const gitlab: Record<string, StreamRecipe> = {
  issues: { share: 16, dress: (facts) => gitlabWork('issues', facts) },
  merge_requests: { share: 14, dress: (facts) => gitlabWork('merge_requests', facts) },
  notes: { share: 40, within: 'issues', dress: gitlabPart },
  label_events: { share: 14, within: 'issues', dress: gitlabPart },
  reactions: { share: 14, within: 'issues', dress: gitlabPart },
  stars: { share: 0.3, people: true, dress: ({ at, who }) => ({ starred_since: iso(at), user: gitlabUser(who) }) },
  forks: {
    share: 0.1,
    people: true,
    dress: ({ id, at, who }) => ({
      id,
      created_at: iso(at),
      path_with_namespace: `${who.handle}/app`,
      web_url: `https://gitlab.example.org/${who.handle}/app`,
      namespace: { id: who.id, path: who.handle, name: who.name },
    }),
  },
  releases: {
    share: 0.1,
    dress: ({ n, at, who, thread, text }) => ({
      tag_name: `v${n}`,
      name: thread.title,
      description: text,
      created_at: iso(at),
      released_at: iso(at),
      author: gitlabUser(who),
    }),
  },
  epics: {
    share: 0.3,
    dress: (facts) => ({ ...gitlabWork('epics', facts), web_url: `https://gitlab.example.org/groups/acme/-/epics/${facts.thread.number}` }),
  },
  profiles: {
    share: 1,
    people: true,
    dress: ({ who }) => ({
      id: `gid://gitlab/User/${who.id}`,
      username: who.handle,
      name: who.name,
      publicEmail: who.email,
      organization: who.company,
    }),
  },
};

const hexadecimal = (number: number): string => number.toString(16).padStart(10, '0').repeat(4);
/** Whom `.mailmap` maps wrote from an address of former times. */
const gitPerson = ({ name, email, handle }: BenchPerson, template: Json | undefined): Changes => ({
  name,
  email: isObject(template) && 'mapped' in template ? `${handle}@former.example` : email,
  mapped: { name, email },
});

const git: Record<string, StreamRecipe> = {
  commits: {
    share: 1,
    dress: ({ id, at, later, who, other, thread, text }, template) => ({
      sha: hexadecimal(id),
      author: gitPerson(who, template['author']),
      authored: [seconds(at), 60],
      committed: [seconds(later), 60],
      subject: thread.title,
      body: text,
      trailers: [['co-authored-by', { name: other.name, email: other.email }]] as Json,
    }),
  },
  tags: {
    share: 0.001,
    dress: ({ n, id, at, who, thread }) => ({
      tag: `v0.${n}`,
      commit: hexadecimal(id),
      name: who.name,
      email: who.email,
      at: seconds(at),
      subject: thread.title,
    }),
  },
};

export const code: Record<string, SourceRecipe> = {
  github: { activities: 24, people: 0.3, page: 100, streams: github },
  gitlab: { activities: 9, people: 0.08, known: true, page: 100, streams: gitlab },
  git: { activities: 6, people: 0.02, known: true, page: 1000, streams: git },
};
