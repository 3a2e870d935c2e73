import { NumberInput, Select, TextInput } from '@mantine/core';
import { periodOptions } from './rules.ts';
import type { Window } from './rules.ts';
import classes from './rules.module.css';

const types = [
  { value: 'last', label: 'in the last … days' },
  { value: 'ago', label: 'between … and … days ago' },
  { value: 'period', label: 'this or last …' },
  { value: 'between', label: 'between two days' },
  { value: 'ever', label: 'at any time' },
];

function fresh(type: Window['type']): Window {
  if (type === 'last') return { type, days: 30 };
  if (type === 'ago') return { type, from: 90, to: 30 };
  if (type === 'period') return { type, period: 'this_month' };
  return type === 'between' ? { type } : { type: 'ever' };
}

/** When: sliding days, a period of the calendar, or two days. */
export function WindowField({ window, onChange }: { window: Window; onChange: (window: Window) => void }) {
  const day = (name: 'from' | 'to', label: string) => (
    <TextInput
      size="xs"
      type="date"
      aria-label={label}
      value={window.type === 'between' ? (window[name] ?? '') : ''}
      onChange={(event) => {
        if (window.type !== 'between') return;
        const { [name]: _, ...rest } = window;
        const value = event.currentTarget.value;
        onChange(value === '' ? rest : { ...rest, [name]: value });
      }}
    />
  );
  return (
    <>
      <Select
        size="xs"
        w={190}
        aria-label="When"
        allowDeselect={false}
        data={types}
        value={window.type}
        onChange={(type) => onChange(fresh((type ?? 'ever') as Window['type']))}
      />
      {window.type === 'last' && (
        <Days label="How many days" value={window.days} least={1} onChange={(days) => onChange({ ...window, days })} />
      )}
      {window.type === 'ago' && (
        <>
          <Days label="From so many days ago" value={window.from} onChange={(from) => onChange({ ...window, from })} />
          <span className={classes.word}>to</span>
          <Days label="To so many days ago" value={window.to} onChange={(to) => onChange({ ...window, to })} />
        </>
      )}
      {window.type === 'period' && (
        <Select
          size="xs"
          w={130}
          aria-label="Which period"
          allowDeselect={false}
          data={periodOptions}
          value={window.period}
          onChange={(period) => onChange({ type: 'period', period: (period ?? 'this_month') as typeof window.period })}
        />
      )}
      {window.type === 'between' && (
        <>
          {day('from', 'First day')}
          <span className={classes.word}>to</span>
          {day('to', 'Last day')}
        </>
      )}
    </>
  );
}

function Days({
  label,
  value,
  least = 0,
  onChange,
}: {
  label: string;
  value: number | undefined;
  least?: number;
  onChange: (days: number) => void;
}) {
  return (
    <NumberInput
      size="xs"
      w={76}
      aria-label={label}
      min={least}
      max={36_500}
      allowDecimal={false}
      value={value ?? ''}
      onChange={(days) => typeof days === 'number' && onChange(Math.max(least, days))}
    />
  );
}
