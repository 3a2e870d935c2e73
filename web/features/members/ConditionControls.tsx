import { MultiSelect, NumberInput, TextInput } from '@mantine/core';
import { useAction } from '../../api.ts';
import { useReach } from '../../shell/session.ts';
import { kindOptions } from '../../ui/activities/words.ts';
import { Choice } from './Choice.tsx';
import type { Condition, Kinds } from './rules.ts';
import { WindowField } from './WindowField.tsx';
import classes from './rules.module.css';

export interface ControlProps<C> {
  condition: C;
  onChange: (condition: Condition) => void;
}
export type Of<F extends Condition['field']> = Extract<Condition, { field: F }>;

const textOps = [
  { value: 'contains', label: 'contains' },
  { value: 'is', label: 'is' },
  { value: 'starts', label: 'begins with' },
];

export function TextControls({ condition, onChange }: ControlProps<Of<'name' | 'handle' | 'bio' | 'location' | 'organizationName'>>) {
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

export function NumberControls({ condition, onChange }: ControlProps<Of<'activities' | 'identities' | 'engagement'>>) {
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

export function DidControls({ condition, onChange }: ControlProps<Of<'did' | 'firstDid'>>) {
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

export function ConsentControls({ condition, onChange }: ControlProps<Of<'consent'>>) {
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
      <Choice
        label="Purpose"
        width={200}
        placeholder="choose a purpose"
        data={(purposes.data?.purposes ?? []).map((purpose) => ({ value: purpose.id, label: purpose.name }))}
        value={condition.purpose}
        onChange={(purpose) => onChange({ ...condition, purpose })}
      />
    </>
  );
}
