import { ActionIcon, MultiSelect, NumberInput, Select, TagsInput, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useAction } from '../../api.ts';
import { useReach } from '../../shell/session.ts';
import { kindOptions } from '../../ui/activities/words.ts';
import { commonPlatforms, platformName } from '../../ui/PlatformIcon.tsx';
import { labelOf } from './condition-fields.ts';
import type { Condition, Kinds, LineNode } from './rules.ts';
import { WindowField } from './WindowField.tsx';
import classes from './rules.module.css';

interface Props<C> {
  condition: C;
  onChange: (condition: Condition) => void;
}
type Of<F extends Condition['field']> = Extract<Condition, { field: F }>;

/** One condition as a line: what it asks, and whether the opposite is meant. */
export function ConditionLine({ line, onChange, onRemove }: { line: LineNode; onChange: (line: LineNode) => void; onRemove: () => void }) {
  const offered = useAction('segments.fields', {});
  const { condition } = line;
  const label = labelOf(condition, (name) => offered.data?.offered.find((one) => one.name === name)?.title ?? name);
  return (
    <div className={classes.line} role="group" aria-label={label}>
      <Select
        size="xs"
        w={106}
        aria-label={`${label}: holds or not`}
        allowDeselect={false}
        data={[
          { value: 'yes', label: 'must' },
          { value: 'no', label: 'must not' },
        ]}
        value={line.not ? 'no' : 'yes'}
        onChange={(value) => onChange({ ...line, not: value === 'no' })}
      />
      <span className={classes.label}>{label}</span>
      <div className={classes.controls}>
        <Controls condition={condition} onChange={(next) => onChange({ ...line, condition: next })} />
      </div>
      <ActionIcon size={26} aria-label={`Remove the condition ${label}`} onClick={onRemove}>
        <IconX size={14} aria-hidden />
      </ActionIcon>
    </div>
  );
}

function Controls({ condition, onChange }: Props<Condition>) {
  switch (condition.field) {
    case 'name':
    case 'handle':
    case 'bio':
    case 'location':
    case 'organizationName':
      return <TextControls condition={condition} onChange={onChange} />;
    case 'activities':
    case 'identities':
    case 'engagement':
      return <NumberControls condition={condition} onChange={onChange} />;
    case 'firstSeen':
    case 'lastSeen':
      return <WindowField window={condition.window} onChange={(window) => onChange({ ...condition, window })} />;
    case 'did':
    case 'firstDid':
      return <DidControls condition={condition} onChange={onChange} />;
    case 'tag':
    case 'platform':
    case 'level':
    case 'emailDomain':
    case 'organization':
    case 'offered':
      return <ListControls condition={condition} onChange={onChange} />;
    case 'known':
      return (
        <Choice
          label="What is known"
          data={[
            { value: 'organization', label: 'an organization' },
            { value: 'email', label: 'an e-mail address' },
            { value: 'location', label: 'a location' },
            { value: 'bio', label: 'an about text' },
          ]}
          value={condition.value}
          onChange={(value) => onChange({ field: 'known', value: value as Of<'known'>['value'] })}
        />
      );
    case 'bot':
      return (
        <Choice
          label="Human or bot"
          data={[
            { value: 'human', label: 'taken for a human' },
            { value: 'suspected', label: 'may be a bot' },
            { value: 'bot', label: 'a confirmed bot' },
          ]}
          value={condition.value}
          onChange={(value) => onChange({ field: 'bot', value: value as Of<'bot'>['value'] })}
        />
      );
    case 'team':
      return (
        <Choice
          label="Team or wider community"
          data={[
            { value: 'team', label: 'team member' },
            { value: 'wider', label: 'wider community' },
          ]}
          value={condition.value ? 'team' : 'wider'}
          onChange={(value) => onChange({ field: 'team', value: value === 'team' })}
        />
      );
    case 'consent':
      return <ConsentControls condition={condition} onChange={onChange} />;
  }
}

function Choice({
  label,
  data,
  value,
  onChange,
  width = 170,
}: {
  label: string;
  data: { value: string; label: string }[];
  value: string;
  onChange: (value: string) => void;
  width?: number;
}) {
  return (
    <Select
      size="xs"
      w={width}
      aria-label={label}
      allowDeselect={false}
      data={data}
      value={value}
      onChange={(next) => next !== null && onChange(next)}
    />
  );
}

const textOps = [
  { value: 'contains', label: 'contains' },
  { value: 'is', label: 'is' },
  { value: 'starts', label: 'begins with' },
];

function TextControls({ condition, onChange }: Props<Of<'name' | 'handle' | 'bio' | 'location' | 'organizationName'>>) {
  const ops = condition.field === 'name' || condition.field === 'handle' ? textOps : textOps.slice(0, condition.field === 'bio' ? 1 : 2);
  return (
    <>
      <Choice
        label="How it compares"
        width={110}
        data={ops}
        value={condition.op}
        onChange={(op) => onChange({ ...condition, op } as Condition)}
      />
      <TextInput
        size="xs"
        w={190}
        aria-label="Text"
        placeholder="text"
        value={condition.value}
        onChange={(event) => onChange({ ...condition, value: event.currentTarget.value })}
      />
    </>
  );
}

function NumberControls({ condition, onChange }: Props<Of<'activities' | 'identities' | 'engagement'>>) {
  const ops = [
    { value: 'atLeast', label: 'at least' },
    { value: 'atMost', label: 'at most' },
    ...(condition.field === 'engagement' ? [{ value: 'amongTop', label: 'among the top' }] : []),
  ];
  return (
    <>
      <Choice
        label="How it compares"
        width={130}
        data={ops}
        value={condition.op}
        onChange={(op) => onChange({ ...condition, op } as Condition)}
      />
      <NumberInput
        size="xs"
        w={100}
        aria-label="Number"
        min={0}
        value={condition.value}
        onChange={(value) => typeof value === 'number' && onChange({ ...condition, value })}
      />
    </>
  );
}

function DidControls({ condition, onChange }: Props<Of<'did' | 'firstDid'>>) {
  const reach = useReach();
  const sources = useAction('sources.list', {}, { enabled: reach('sources.list') });
  const kinds = condition.kinds ?? 'any';
  const chosen = typeof kinds === 'string' ? [kinds] : kinds;
  const choose = (values: string[]) => {
    const last = values.at(-1);
    if (last === undefined || last === 'any') return onChange({ ...condition, kinds: 'any' });
    if (last === 'contributions') return onChange({ ...condition, kinds: 'contributions' });
    return onChange({ ...condition, kinds: values.filter((one) => one !== 'any' && one !== 'contributions') as Kinds });
  };
  return (
    <>
      <MultiSelect
        size="xs"
        miw={170}
        maw={340}
        searchable
        aria-label="Which activities"
        data={[{ value: 'any', label: 'Anything' }, { value: 'contributions', label: 'A contribution' }, ...kindOptions]}
        value={[...chosen]}
        onChange={choose}
      />
      <MultiSelect
        size="xs"
        miw={130}
        maw={300}
        searchable
        clearable
        aria-label="In which sources"
        placeholder={condition.sources === undefined ? 'anywhere' : ''}
        data={(sources.data?.sources ?? []).map((source) => ({ value: source.id, label: source.name }))}
        value={condition.sources ?? []}
        onChange={(ids) => {
          const { sources: _, ...rest } = condition;
          onChange(ids.length === 0 ? rest : { ...rest, sources: ids });
        }}
      />
      {condition.field === 'did' && (
        <>
          <span className={classes.word}>at least</span>
          <NumberInput
            size="xs"
            w={70}
            aria-label="At least so many times"
            min={1}
            allowDecimal={false}
            value={condition.times ?? 1}
            onChange={(times) => typeof times === 'number' && onChange({ ...condition, times: Math.max(1, times) })}
          />
          <span className={classes.word}>{condition.times === 1 ? 'time' : 'times'}</span>
        </>
      )}
      <WindowField window={condition.window ?? { type: 'ever' }} onChange={(window) => onChange({ ...condition, window })} />
    </>
  );
}

function ListControls({ condition, onChange }: Props<Of<'tag' | 'platform' | 'level' | 'emailDomain' | 'organization' | 'offered'>>) {
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
          width={130}
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

function ConsentControls({ condition, onChange }: Props<Of<'consent'>>) {
  const purposes = useAction('members.consent-purposes', {});
  return (
    <>
      <Choice
        label="What they said"
        width={150}
        data={[
          { value: 'given', label: 'was given' },
          { value: 'refused', label: 'was refused' },
          { value: 'withdrawn', label: 'was withdrawn' },
          { value: 'unasked', label: 'is not known' },
        ]}
        value={condition.value}
        onChange={(value) => onChange({ ...condition, value: value as Of<'consent'>['value'] })}
      />
      <span className={classes.word}>for</span>
      <Select
        size="xs"
        w={200}
        aria-label="Purpose"
        allowDeselect={false}
        placeholder="choose a purpose"
        data={(purposes.data?.purposes ?? []).map((purpose) => ({ value: purpose.id, label: purpose.name }))}
        value={condition.purpose === '' ? null : condition.purpose}
        onChange={(purpose) => purpose !== null && onChange({ ...condition, purpose })}
      />
    </>
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
