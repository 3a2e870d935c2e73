import type { StoredFilter } from './filter.ts';

export interface ReadySegment {
  name: string;
  description: string;
  filter: StoredFilter;
}

/** In every workspace, each in the table under its key; they can be copied, not changed. */
export const readySegments: Readonly<Record<string, ReadySegment>> = {
  'new-this-month': {
    name: 'New this month',
    description: 'Seen for the first time since the first day of this month.',
    filter: { rules: { all: [{ field: 'firstSeen', window: { type: 'period', period: 'this_month' } }] } },
  },
  'new-and-active': {
    name: 'New and active',
    description: 'First seen in the last 30 days, and did something three times or more since.',
    filter: {
      rules: {
        all: [
          { field: 'firstSeen', window: { type: 'last', days: 30 } },
          { field: 'did', kinds: 'any', times: 3, window: { type: 'last', days: 30 } },
        ],
      },
    },
  },
  'going-quiet': {
    name: 'Going quiet',
    description: 'Active five times or more in the three months before, and not once in the last 30 days.',
    filter: {
      rules: {
        all: [
          { field: 'did', kinds: 'any', times: 5, window: { type: 'ago', from: 120, to: 30 } },
          { not: { field: 'did', kinds: 'any', times: 1, window: { type: 'last', days: 30 } } },
        ],
      },
    },
  },
  'came-back': {
    name: 'Came back',
    description: 'Active in the last 30 days after half a year or more without anything.',
    filter: {
      rules: {
        all: [
          { field: 'did', kinds: 'any', times: 1, window: { type: 'last', days: 30 } },
          { not: { field: 'did', kinds: 'any', times: 1, window: { type: 'ago', from: 210, to: 30 } } },
          { field: 'did', kinds: 'any', times: 1, window: { type: 'ago', to: 211 } },
        ],
      },
    },
  },
  'most-engaged': {
    name: 'Most engaged',
    description: 'Among the hundred with the most engagement points now, and no team member.',
    filter: {
      rules: {
        all: [
          { field: 'engagement', op: 'amongTop', value: 100 },
          { field: 'team', value: false },
        ],
      },
    },
  },
  'first-contribution-this-month': {
    name: 'First contribution this month',
    description: 'Made their very first contribution (an answer, an issue, a merge request, a commit, …) this month.',
    filter: { rules: { all: [{ field: 'firstDid', kinds: 'contributions', window: { type: 'period', period: 'this_month' } }] } },
  },
  'team-members': {
    name: 'Team members',
    description: 'Belong to an organization of ours today.',
    filter: { rules: { all: [{ field: 'team', value: true }] } },
  },
  'bots-to-confirm': {
    name: 'Bots to confirm',
    description: 'Look like automation, and wait for somebody to decide.',
    filter: { rules: { all: [{ field: 'bot', value: 'suspected' }] } },
  },
};
