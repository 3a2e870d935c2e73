import { MultiSelect, Select } from '@mantine/core';
import { useAction } from '../../api.ts';
import { useReach } from '../../shell/session.ts';
import { changed, withPeriod } from './asks.ts';
import type { Ask } from './asks.ts';
import { isPreset, presets, presetTitle, windowTitle } from './period.ts';
import { granularityOptions, useCalendar } from './question.ts';
import type { Definition } from './question.ts';
import classes from './dashboard.module.css';

interface Props {
  ask: Ask;
  onChange: (ask: Ask) => void;
  /** What an empty field means: `as the dashboard`, `the last 12 months`. */
  unset: { period: string; other: string };
  /** In a row of small fields without labels, or one below the other with them. */
  look: 'row' | 'form';
  /** Shows also what this report alone can be asked. */
  definition?: Definition | undefined;
}

/** Window and filters of a dashboard, or of one of its cards. */
export function AskFields({ ask, onChange, unset, look, definition }: Props) {
  const calendar = useCalendar();
  const reach = useReach();
  const sources = useAction('sources.list', {}, { enabled: reach('sources.list') }).data?.sources ?? [];
  const segments = useAction('segments.list', {}, { enabled: reach('segments.list') }).data?.segments ?? [];
  const days = ask.from !== undefined && ask.to !== undefined ? { from: ask.from, to: ask.to } : undefined;
  const shared = (label: string) => (look === 'row' ? { 'aria-label': label, size: 'xs' as const } : { label });
  return (
    <div className={look === 'row' ? classes.fields : classes.form}>
      <Select
        {...shared('Time')}
        w={look === 'row' ? 232 : undefined}
        placeholder={unset.period}
        clearable
        data={[
          ...(days === undefined ? [] : [{ value: 'days', label: windowTitle(days) }]),
          ...presets.map((preset) => ({ value: preset, label: presetTitle(preset, calendar) })),
        ]}
        value={days === undefined ? (isPreset(ask.period) ? ask.period : null) : 'days'}
        onChange={(value) => value !== 'days' && onChange(withPeriod(ask, value ?? undefined))}
        maxDropdownHeight={400}
      />
      <Select
        {...shared('People')}
        w={look === 'row' ? 170 : undefined}
        placeholder={unset.other === '' ? 'Everyone' : unset.other}
        clearable
        data={[
          ...(unset.other === '' ? [] : [{ value: 'everyone', label: 'Everyone' }]),
          { value: 'wider_community', label: 'Wider community' },
          { value: 'team', label: 'Team members' },
        ]}
        value={ask.population ?? null}
        onChange={(population) => onChange(changed(ask, { population: population ?? undefined }))}
      />
      {(segments.length > 0 || ask.segment !== undefined) && (
        <Select
          {...shared('Segment')}
          w={look === 'row' ? 180 : undefined}
          placeholder={unset.other === '' ? 'Any segment' : unset.other}
          clearable
          searchable
          data={segments.map((segment) => ({ value: segment.id, label: segment.name }))}
          value={ask.segment ?? null}
          onChange={(segment) => onChange(changed(ask, { segment: segment ?? undefined }))}
        />
      )}
      <MultiSelect
        {...shared('Sources')}
        {...(look === 'row' ? { maw: 320, miw: 150 } : {})}
        placeholder={(ask.sources ?? []).length > 0 ? '' : unset.other === '' ? 'All sources' : unset.other}
        clearable
        searchable
        data={sources.map((source) => ({ value: source.id, label: source.name }))}
        value={ask.sources ?? []}
        onChange={(chosen) => onChange(changed(ask, { sources: chosen }))}
      />
      {definition?.options.includes('granularity') === true && (
        <Select
          {...shared('Periods')}
          placeholder="That fit the window"
          clearable
          data={granularityOptions(calendar.fiscalStart)}
          value={ask.granularity ?? null}
          onChange={(granularity) => onChange(changed(ask, { granularity: granularity ?? undefined }))}
        />
      )}
      {definition?.options.includes('top') === true && (
        <Select
          {...shared('Rows')}
          placeholder="Top 50"
          clearable
          data={['5', '10', '25', '100'].map((top) => ({ value: top, label: `Top ${top}` }))}
          value={typeof ask['top'] === 'number' ? String(ask['top']) : null}
          onChange={(top) => onChange(changed(ask, { top: top === null ? undefined : Number(top) }))}
        />
      )}
    </div>
  );
}
