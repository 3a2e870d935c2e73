import { Checkbox, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useAction } from '../../api.ts';
import { useQueryParams, useSetQuery } from '../../ui/url-state.ts';
import { isDay, isPreset, presets, presetTitle } from './period.ts';
import { customWindow, defaultPreset, granularityOptions, useCalendar } from './question.ts';
import type { Definition, Question } from './question.ts';
import classes from './report.module.css';

/** When, in which steps, and what else this report can be asked: all of it is the address. */
export function Controls({ definition, question, comparable }: { definition: Definition; question: Question; comparable: boolean }) {
  const params = useQueryParams();
  const setQuery = useSetQuery();
  const { fiscalStart } = useCalendar();
  const has = (option: Definition['options'][number]) => definition.options.includes(option);
  return (
    <div className={classes.controls}>
      <Period question={question} />
      {has('granularity') && (
        <Choice
          name="granularity"
          label="Periods"
          width={138}
          options={granularityOptions(fiscalStart)}
          value={question.granularity}
          onChange={(granularity) => setQuery({ granularity })}
        />
      )}
      {has('top') && (
        <Choice
          name="top"
          label="Rows"
          width={104}
          options={['10', '25', '50', '100', '250'].map((top) => ({ value: top, label: `Top ${top}` }))}
          value={params['top'] ?? '50'}
          onChange={(top) => setQuery({ top })}
        />
      )}
      {has('threshold') && (
        <Choice
          name="threshold"
          label="Share"
          width={140}
          options={['0.5', '0.6', '0.7', '0.8', '0.9'].map((share) => ({
            value: share,
            label: share === '0.5' ? 'Half of it' : `${Math.round(Number(share) * 100)}% of it`,
          }))}
          value={params['threshold'] ?? '0.5'}
          onChange={(threshold) => setQuery({ threshold })}
        />
      )}
      {has('afterDays') && (
        <Choice
          name="afterDays"
          label="Inactive after"
          width={170}
          options={['30', '60', '90', '180', '365'].map((days) => ({ value: days, label: `Inactive after ${days} days` }))}
          value={params['afterDays'] ?? '90'}
          onChange={(afterDays) => setQuery({ afterDays })}
        />
      )}
      {has('topic') && <TopicChoice />}
      {has('clock') && (
        <SegmentedControl
          size="xs"
          aria-label="Clock"
          value={params['clock'] === 'own' ? 'own' : 'utc'}
          onChange={(clock) => setQuery({ clock: clock === 'own' ? 'own' : undefined })}
          data={[
            { value: 'utc', label: 'UTC' },
            { value: 'own', label: 'Own clock of each person' },
          ]}
        />
      )}
      {comparable && (
        <Checkbox
          size="xs"
          label="Compare with the period before"
          checked={question.compare}
          onChange={(event) => setQuery({ compare: event.currentTarget.checked ? undefined : 'no' })}
        />
      )}
    </div>
  );
}

/** All that is said, or what is said about one topic. */
function TopicChoice() {
  const params = useQueryParams();
  const setQuery = useSetQuery();
  const topics = useAction('topics.list', {});
  return (
    <Choice
      name="topic"
      label="Topic"
      width={180}
      options={[
        { value: '', label: 'Everything said' },
        ...(topics.data?.topics ?? []).map((topic) => ({ value: topic.id, label: topic.name })),
      ]}
      value={params['topic'] ?? ''}
      onChange={(topic) => setQuery({ topic: topic === '' ? undefined : topic })}
    />
  );
}

function Period({ question }: { question: Question }) {
  const params = useQueryParams();
  const setQuery = useSetQuery();
  const calendar = useCalendar();
  const custom = customWindow(params) !== undefined || params['period'] === 'custom';
  const choose = (period: string) => {
    if (period === 'custom') setQuery({ period, from: question.window?.from, to: question.window?.to });
    else setQuery({ period: period === defaultPreset ? undefined : period, from: undefined, to: undefined });
  };
  const day = (name: 'from' | 'to', label: string) => (
    <TextInput
      key={params[name]}
      size="xs"
      type="date"
      aria-label={label}
      defaultValue={params[name] ?? ''}
      className={classes.day}
      onBlur={(event) =>
        isDay(event.currentTarget.value) &&
        setQuery({ period: 'custom', from: params['from'], to: params['to'], [name]: event.currentTarget.value })
      }
      onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
    />
  );
  return (
    <>
      <Choice
        name="period"
        label="Time"
        width={236}
        options={[
          ...presets.map((preset) => ({ value: preset, label: presetTitle(preset, calendar) })),
          { value: 'custom', label: 'From … to …' },
        ]}
        value={custom ? 'custom' : isPreset(params['period']) ? params['period'] : defaultPreset}
        onChange={choose}
      />
      {custom && (
        <span className={classes.days}>
          {day('from', 'First day')} – {day('to', 'Last day')}
        </span>
      )}
    </>
  );
}

interface ChoiceProps {
  name: string;
  label: string;
  width: number;
  options: { value: string; label: string }[];
  value: string;
  onChange: (value: string) => void;
}

function Choice({ name, label, width, options, value, onChange }: ChoiceProps) {
  const known = options.some((option) => option.value === value) ? options : [...options, { value, label: value }];
  return (
    <Select
      name={name}
      aria-label={label}
      size="xs"
      w={width}
      data={known}
      value={value}
      allowDeselect={false}
      checkIconPosition="right"
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      maxDropdownHeight={380}
      onChange={(next) => next !== null && onChange(next)}
    />
  );
}
