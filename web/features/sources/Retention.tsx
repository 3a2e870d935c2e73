import { NumberInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useAction, useCommand } from '../../api.ts';
import { useMay } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { count } from '../../ui/format.ts';
import { Notice } from '../../ui/Notice.tsx';
import { Section } from '../../ui/Page.tsx';
import { SkeletonBlock } from '../../ui/states.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import classes from './sources.module.css';

interface Days {
  rawDays: number | null;
  activitiesDays: number | null;
}

/** How long data of a source is kept, with what would go by it. */
export function Retention({ source }: { source: { id: string } }) {
  const kept = useAction('sources.retention', { id: source.id });
  const [edited, setEdited] = useState<Days>();
  const [asked] = useDebouncedValue(edited, 400);
  const preview = useAction('sources.retention', { id: source.id, ...asked }, { enabled: asked !== undefined, keep: true });
  const may = useMay('sources.set-retention');
  const save = useCommand('sources.set-retention', {
    onDone: () => {
      setEdited(undefined);
      toast('Saved. What is older goes the next night.');
    },
    onFail: toastError,
  });
  if (kept.data === undefined) return <SkeletonBlock height={160} />;
  const shown = edited ?? kept.data;
  const would = edited === undefined ? kept.data : preview.data;
  const change = (more: Partial<Days>) => setEdited({ rawDays: shown.rawDays, activitiesDays: shown.activitiesDays, ...more });
  const days = (value: string | number) => (typeof value === 'number' && value >= 1 ? value : null);
  return (
    <div style={{ marginTop: 32 }}>
      <Section
        title="How long it is kept"
        about="Empty keeps it for good. What was dropped does not come back, unless the source is removed and connected anew."
      >
        <form
          className={classes.form}
          style={{ maxWidth: 640 }}
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate({ id: source.id, rawDays: shown.rawDays, activitiesDays: shown.activitiesDays });
          }}
        >
          <div className={classes.pair}>
            <NumberInput
              label="Raw records, in days"
              description="What was derived of them stays."
              min={1}
              max={36_500}
              allowDecimal={false}
              placeholder="for good"
              value={shown.rawDays ?? ''}
              onChange={(value) => change({ rawDays: days(value) })}
            />
            <NumberInput
              label="Activities, in days"
              description="With everything that is counted of them."
              min={1}
              max={36_500}
              allowDecimal={false}
              placeholder="for good"
              value={shown.activitiesDays ?? ''}
              onChange={(value) => change({ activitiesDays: days(value) })}
            />
          </div>
          {would !== undefined && (would.rawRecords > 0 || would.activities > 0) && (
            <Notice mood="attention">
              {count(would.rawRecords, 'raw record')} and {count(would.activities, 'activity', 'activities')} are older than that now, and
              go the next night.
            </Notice>
          )}
          {kept.data.withoutRaw > 0 && (
            <Notice mood="quiet">{count(kept.data.withoutRaw, 'record')} cannot be derived again: their raw items are gone.</Notice>
          )}
          <div className={classes.buttons}>
            <ActionButton type="submit" variant="default" why={may.why} loading={save.isPending}>
              Save how long
            </ActionButton>
          </div>
        </form>
      </Section>
    </div>
  );
}
