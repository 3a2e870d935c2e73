import { MultiSelect, TagsInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useAction } from '../../api.ts';
import { commonPlatforms, platformName } from '../../ui/PlatformIcon.tsx';
import { Choice } from './Choice.tsx';
import type { ControlProps, Of } from './ConditionControls.tsx';
import type { Condition } from './rules.ts';
import { WindowField } from './WindowField.tsx';

/** Any of several values: tags, places, levels, domains, organizations, and what other modules offer. */
export function ListControls({
  condition,
  onChange,
}: ControlProps<Of<'tag' | 'platform' | 'level' | 'emailDomain' | 'organization' | 'offered'>>) {
  const change = (value: string[]) => onChange({ ...condition, value } as Condition);
  return (
    <>
      {(condition.field === 'tag' || condition.field === 'platform') && (
        <Choice
          label="Any or all"
          width={90}
          data={[
            { value: 'any', label: 'any of' },
            { value: 'all', label: 'all of' },
          ]}
          value={condition.op}
          onChange={(op) => onChange({ ...condition, op } as Condition)}
        />
      )}
      {condition.field === 'organization' && (
        <Choice
          label="When"
          width={160}
          data={[
            { value: 'now', label: 'belong now to' },
            { value: 'ever', label: 'ever belonged to' },
          ]}
          value={condition.when ?? 'now'}
          onChange={(when) => onChange({ ...condition, when } as Condition)}
        />
      )}
      {condition.field === 'tag' && <TagValues values={condition.value} onChange={change} />}
      {condition.field === 'emailDomain' && (
        <TagsInput size="xs" miw={220} aria-label="Domains" placeholder="acme.com, then Enter" value={condition.value} onChange={change} />
      )}
      {condition.field === 'platform' && (
        <MultiSelect
          size="xs"
          miw={220}
          searchable
          aria-label="Platforms"
          data={[...new Set([...commonPlatforms, ...condition.value])].map((value) => ({ value, label: platformName(value) }))}
          value={condition.value}
          onChange={change}
        />
      )}
      {condition.field === 'level' && <Levels values={condition.value} onChange={change} />}
      {condition.field === 'organization' && <OrganizationValues values={condition.value} onChange={change} />}
      {condition.field === 'offered' && (
        <>
          <Offered name={condition.name} values={condition.value} onChange={change} />
          <WindowField window={condition.window ?? { type: 'ever' }} onChange={(window) => onChange({ ...condition, window })} />
        </>
      )}
    </>
  );
}

interface Values {
  values: string[];
  onChange: (values: string[]) => void;
}

function TagValues({ values, onChange }: Values) {
  const known = useAction('members.tags', {});
  return (
    <TagsInput
      size="xs"
      miw={220}
      aria-label="Tags"
      placeholder={values.length === 0 ? 'choose or type' : ''}
      data={(known.data?.tags ?? []).map((one) => one.tag)}
      value={values}
      onChange={onChange}
    />
  );
}

function Levels({ values, onChange }: Values) {
  const settings = useAction('engagement.settings', {});
  return (
    <MultiSelect
      size="xs"
      miw={220}
      aria-label="Levels"
      placeholder={values.length === 0 ? 'choose levels' : ''}
      data={(settings.data?.levels ?? []).map((level) => ({ value: level.id, label: level.name }))}
      value={values}
      onChange={onChange}
    />
  );
}

function Offered({ name, values, onChange }: Values & { name: string }) {
  const fields = useAction('segments.fields', {});
  return (
    <MultiSelect
      size="xs"
      miw={200}
      searchable
      aria-label={name}
      placeholder={values.length === 0 ? `choose a ${name}` : ''}
      data={fields.data?.offered.find((field) => field.name === name)?.options ?? []}
      value={values}
      onChange={onChange}
    />
  );
}

function OrganizationValues({ values, onChange }: Values) {
  const [text, setText] = useState('');
  const [searched] = useDebouncedValue(text.trim(), 150);
  const found = useAction('organizations.list', { search: searched, limit: 20 }, { keep: true });
  const chosen = useOrganizationNames(values);
  const options = new Map([
    ...values.map((value) => [value, chosen(value) ?? '…'] as const),
    ...(found.data?.organizations ?? []).map((one) => [one.id, one.name] as const),
  ]);
  return (
    <MultiSelect
      size="xs"
      miw={240}
      searchable
      aria-label="Organizations"
      placeholder={values.length === 0 ? 'type a name' : ''}
      searchValue={text}
      onSearchChange={setText}
      data={[...options].map(([value, label]) => ({ value, label }))}
      value={values}
      onChange={onChange}
    />
  );
}

function useOrganizationNames(ids: readonly string[]): (id: string) => string | undefined {
  // The first few: more than that nobody reads in one line.
  const [a, b, c] = [0, 1, 2].map((place) => ids[place]);
  const first = useAction('organizations.get', { id: a ?? '' }, { enabled: a !== undefined });
  const second = useAction('organizations.get', { id: b ?? '' }, { enabled: b !== undefined });
  const third = useAction('organizations.get', { id: c ?? '' }, { enabled: c !== undefined });
  return (id) => [first, second, third].find((one) => one.data?.id === id)?.data?.name;
}
