import type { Condition } from './rules.ts';

/** What can be asked, in the order of the menu, each with what a new one begins with. */
export const conditionFields: { group: string; fields: { label: string; fresh: Condition }[] }[] = [
  {
    group: 'What they do',
    fields: [
      { label: 'Activity', fresh: { field: 'did', kinds: 'any', times: 1, window: { type: 'last', days: 30 } } },
      {
        label: 'First activity ever',
        fresh: { field: 'firstDid', kinds: 'contributions', window: { type: 'period', period: 'this_month' } },
      },
      { label: 'Engagement points', fresh: { field: 'engagement', op: 'atLeast', value: 20 } },
      { label: 'Engagement level', fresh: { field: 'level', value: [] } },
      { label: 'Number of activities', fresh: { field: 'activities', op: 'atLeast', value: 10 } },
      { label: 'First seen', fresh: { field: 'firstSeen', window: { type: 'last', days: 30 } } },
      { label: 'Last seen', fresh: { field: 'lastSeen', window: { type: 'last', days: 30 } } },
    ],
  },
  {
    group: 'Who they are',
    fields: [
      { label: 'Name', fresh: { field: 'name', op: 'contains', value: '' } },
      { label: 'Handle', fresh: { field: 'handle', op: 'contains', value: '' } },
      { label: 'Tag', fresh: { field: 'tag', op: 'any', value: [] } },
      { label: 'Platform', fresh: { field: 'platform', op: 'any', value: [] } },
      { label: 'Number of identities', fresh: { field: 'identities', op: 'atLeast', value: 2 } },
      { label: 'Location', fresh: { field: 'location', op: 'contains', value: '' } },
      { label: 'About text', fresh: { field: 'bio', op: 'contains', value: '' } },
      { label: 'What is known', fresh: { field: 'known', value: 'organization' } },
      { label: 'Human or bot', fresh: { field: 'bot', value: 'suspected' } },
      { label: 'Consent', fresh: { field: 'consent', purpose: '', value: 'given' } },
    ],
  },
  {
    group: 'Where they belong',
    fields: [
      { label: 'Organization', fresh: { field: 'organization', when: 'now', value: [] } },
      { label: 'Name of the organization', fresh: { field: 'organizationName', op: 'contains', value: '' } },
      { label: 'E-mail domain', fresh: { field: 'emailDomain', value: [] } },
      { label: 'Team or wider community', fresh: { field: 'team', value: false } },
    ],
  },
];

export function labelOf(condition: Condition, offered: (name: string) => string): string {
  if (condition.field === 'offered') return offered(condition.name);
  return conditionFields.flatMap((group) => group.fields).find((one) => one.fresh.field === condition.field)?.label ?? condition.field;
}

/** Something is still to be filled in: it asks for nothing yet. */
export function isUnfinished(condition: Condition): boolean {
  if (condition.field === 'consent') return condition.purpose === '';
  return 'value' in condition && (condition.value === '' || (Array.isArray(condition.value) && condition.value.length === 0));
}
