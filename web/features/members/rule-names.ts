import { useQueries } from '@tanstack/react-query';
import { actionOptions, useAction } from '../../api.ts';
import { useReach } from '../../shell/session.ts';
import type { Names, StoredRule } from './rules.ts';

/** What the ids in rules are called: sources, levels, topics, organizations. */
export function useRuleNames(rule: StoredRule | undefined): Names {
  const reach = useReach();
  const wanted = JSON.stringify(rule ?? {});
  const sources = useAction('sources.list', {}, { enabled: reach('sources.list') && wanted.includes('src_') });
  const levels = useAction('engagement.settings', {}, { enabled: wanted.includes('lvl_') });
  const purposes = useAction('members.consent-purposes', {}, { enabled: wanted.includes('"consent"') });
  const offered = useAction('segments.fields', {}, { enabled: wanted.includes('"offered"') });
  const organizations = useQueries({
    queries: [...new Set(wanted.match(/org_[0-9a-z]+/g) ?? [])].slice(0, 20).map((id) => actionOptions('organizations.get', { id })),
  });
  return (id) =>
    sources.data?.sources.find((one) => one.id === id)?.name ??
    levels.data?.levels.find((one) => one.id === id)?.name ??
    purposes.data?.purposes.find((one) => one.id === id)?.name ??
    organizations.find((one) => one.data?.id === id)?.data?.name ??
    offered.data?.offered
      .flatMap((field) => field.options.map((option) => ({ ...option, id: `${field.name} ${option.value}` })))
      .find((one) => one.id === id)?.label;
}
