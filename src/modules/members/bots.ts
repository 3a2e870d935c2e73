/** Names that automation goes by: the whole handle, the whole local part of an address, or the whole name. */
const known = new Set(
  (
    'dependabot dependabot-preview renovate renovate-bot renovatebot github-actions github-action actions-user github-merge-queue ' +
    'gitlab-bot gitlab-ci project-bot greenkeeper greenkeeperio-bot snyk-bot pyup-bot codecov codecov-io coveralls travis-ci travisbot ' +
    'circleci jenkins ci ci-bot mergify mergify-bot bors bors-bot allcontributors semantic-release-bot imgbot whitesource-bolt ' +
    'weblate hosted-weblate transifex transifex-integration crowdin crowdin-bot lgtm-com deepsource-autofix pre-commit-ci k8s-ci-robot ' +
    'k8s-merge-robot copybara-service web-flow noreply no-reply automoderator buildbot autobuild auto-commit automation release-bot'
  ).split(' '),
);
const endings = /(?:\[bot\]|[-_.]bot|[-_.]robot|[-_]ci|[a-z]Bot)$/;
const beginnings = /^(?:bot[-_.@]|robot[-_.@]|ci[-_]|group_\d+_bot|project_\d+_bot)/i;

/**
 * Why an account looks like automation, in words, or undefined. Only ever a suspicion: a person decides in the queue.
 */
export function suspectBot(value: string, name: string | undefined): string | undefined {
  const local = value.includes('@') ? value.slice(0, value.lastIndexOf('@')) : value;
  const handle = local.replace(/^\d+\+/, '');
  for (const text of name === undefined || name === handle ? [handle] : [handle, name]) {
    const lower = text.toLowerCase();
    if (lower.endsWith('[bot]')) return `"${text}" ends with [bot]`;
    if (lower === 'bot' || lower === 'robot' || known.has(lower.replaceAll(' ', '-'))) return `"${text}" is a name that automation goes by`;
    // A surname may be Bot; a handle with spaces in it is a name.
    if (text.includes(' ')) continue;
    if (endings.test(text) || endings.test(lower)) return `"${text}" ends like the name of a bot`;
    if (beginnings.test(text)) return `"${text}" begins like the name of a bot`;
  }
  return undefined;
}
