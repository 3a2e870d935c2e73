import { Button, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { complaintsOf, useCommand } from '../../api.ts';
import { useMay } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { toast } from '../../ui/toasts.tsx';
import { CheckLines } from './CheckLines.tsx';
import { schedules } from '../../ui/source-state.ts';
import { Notice } from '../../ui/Notice.tsx';
import { fieldsOf, startValues } from '../../ui/schema.ts';
import { SchemaForm } from '../../ui/SchemaForm.tsx';
import { Retention } from './Retention.tsx';
import type { SourceDetail } from './Source.tsx';
import classes from './sources.module.css';

export function SourceSettings({ source }: { source: SourceDetail }) {
  const fields = fieldsOf(source.settingsSchema);
  const [settings, setSettings] = useState(() => startValues(fields, source.settings));
  const [name, setName] = useState(source.name);
  const [everyMinutes, setEveryMinutes] = useState(String(source.everyMinutes));
  const mayUpdate = useMay('sources.update');
  const test = useCommand('sources.test');
  const update = useCommand('sources.update', { onDone: () => toast('Saved. The next reading uses it.') });
  const complaints = { ...complaintsOf(test.error), ...complaintsOf(update.error) };
  const errors = Object.fromEntries(Object.entries(complaints).map(([path, message]) => [path.replace(/^settings\./, ''), message]));
  const failed = update.error ?? test.error;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    update.mutate({ id: source.id, name: name.trim(), everyMinutes: Number(everyMinutes), settings });
  };
  return (
    <>
      <form className={classes.form} style={{ maxWidth: 640 }} onSubmit={submit}>
        <div className={classes.pair}>
          <TextInput
            label="Name"
            required
            withAsterisk={false}
            value={name}
            error={errors['name']}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select
            label="Read it"
            data={schedules(source.everyMinutes)}
            allowDeselect={false}
            value={everyMinutes}
            onChange={(value) => setEveryMinutes(value ?? everyMinutes)}
          />
        </div>
        <SchemaForm
          fields={fields}
          values={settings}
          errors={errors}
          kept={source.secrets.filter((secret) => secret.set).map((secret) => secret.name)}
          onChange={(field, value) => setSettings({ ...settings, [field]: value })}
        />
        {failed !== null && Object.keys(errors).length === 0 && <Notice>{failed.message}</Notice>}
        {test.data !== undefined && <CheckLines key={test.submittedAt} lines={test.data.lines} />}
        <div className={classes.buttons}>
          <ActionButton type="submit" why={mayUpdate.why} loading={update.isPending}>
            Save
          </ActionButton>
          {mayUpdate.allowed && (
            <Button
              variant="default"
              loading={test.isPending}
              onClick={() => test.mutate({ connector: source.connector, settings, source: source.id })}
            >
              Test
            </Button>
          )}
        </div>
      </form>
      <Retention source={source} />
    </>
  );
}
