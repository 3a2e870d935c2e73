/** Trailers that name people. Others are part of the message only. */
const trailerKeys = ['Signed-off-by', 'Co-authored-by', 'Reviewed-by', 'Acked-by', 'Tested-by', 'Reported-by'] as const;

/**
 * One commit as `git log -z` prints it: a NUL, the header's lines, the trailers (git's own reading of them, a line
 * each), an empty line, the message; a NUL; and where files were touched a line end and `added TAB removed TAB path
 * NUL` for each. None of these can hold a NUL or be empty, so two NULs in a row stand between commits and nowhere else.
 */
const format = [
  '%x00%H',
  '%P',
  '%an',
  '%ae',
  '%ad',
  '%cn',
  '%ce',
  '%cd',
  `%(trailers:only,unfold,${trailerKeys.map((key) => `key=${key}`).join(',')})`,
  '%B',
].join('%n');

export const logArguments = [
  'log',
  '-z',
  '--numstat',
  '--no-renames',
  // Neither of these may be started for a repository that somebody else made.
  '--no-ext-diff',
  '--no-textconv',
  '--no-show-signature',
  '--no-color',
  '--date=raw',
  '--encoding=UTF-8',
  `--format=${format}`,
];

/** How much of one commit is looked at: the rest is counted, not kept. */
export const limits = {
  /** Characters of the message. */
  message: 64_000,
  files: 500,
  trailers: 200,
  /** Bytes of one commit that may wait in memory until its end has come. */
  waiting: 16 * 1024 * 1024,
};
