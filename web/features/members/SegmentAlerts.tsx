import { MultiSelect, Switch } from '@mantine/core';
import { useAction, useCommand } from '../../api.ts';
import type { Output } from '../../api.ts';
import { useMay } from '../../shell/session.ts';
import { toastError } from '../../ui/toasts.tsx';
import classes from './rules.module.css';

/** Who is told when somebody enters or leaves. */
export function SegmentAlerts({ segment }: { segment: Pick<Output<'segments.get'>, 'id' | 'alerts' | 'notify'> }) {
  const may = useMay('segments.set-alerts');
  const directory = useAction('access.directory', {});
  const set = useCommand('segments.set-alerts', { onFail: toastError });
  const users = new Map([...segment.notify, ...(directory.data?.users ?? [])].map((user) => [user.id, user.name]));
  return (
    <section className={classes.card} aria-label="Alerts">
      <h2>Alerts</h2>
      <MultiSelect
        size="xs"
        label="Mail each morning to"
        description="Who entered and who left since the last mail."
        placeholder={segment.notify.length === 0 ? 'nobody' : ''}
        searchable
        disabled={!may.allowed}
        data={[...users].map(([value, label]) => ({ value, label }))}
        value={segment.notify.map((user) => user.id)}
        onChange={(notify) => set.mutate({ id: segment.id, notify })}
      />
      <Switch
        size="xs"
        label="Record each as a fact"
        description="segment.entered and segment.left, for automations."
        disabled={!may.allowed}
        checked={segment.alerts}
        onChange={(event) => set.mutate({ id: segment.id, alerts: event.currentTarget.checked })}
      />
    </section>
  );
}
