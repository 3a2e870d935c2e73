import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconSend } from '@tabler/icons-react';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { complaintsOf, useAction, useCommand } from '../../api.ts';
import type { Output } from '../../api.ts';
import { useMay } from '../../shell/session.ts';
import { ActionButton } from '../ActionButton.tsx';
import { Dialog } from '../Dialog.tsx';
import { Notice } from '../Notice.tsx';
import { fieldsOf, filled, startValues } from '../schema.ts';
import { SchemaForm } from '../SchemaForm.tsx';
import { toast } from '../toasts.tsx';
import classes from './deliveries.module.css';

type Delivery = Output<'sources.get'>['deliveries'][number];
type On = Delivery['on'];
export type Subject = { thread: string } | { activity: string } | Record<string, never>;

interface Props {
  source: { id: string; name: string };
  subject: Subject;
  /** What the subject stands for: an activity for its thread and person too. */
  on: readonly On[];
  label: string;
}

/** What can be done over there, from here: reply, label, close. Nothing is shown where nothing can be done. */
export function DeliverMenu({ source, subject, on, label }: Props) {
  const [chosen, setChosen] = useState<string>();
  const may = useMay('sources.deliver');
  const detail = useAction('sources.get', { id: source.id });
  const possible = (detail.data?.deliveries ?? []).filter((delivery) => on.includes(delivery.on));
  const delivery = possible.find(({ name }) => name === chosen);
  if (possible.length === 0 || detail.data?.state === 'kept' || detail.data?.state === 'removing') return null;
  return (
    <>
      <Menu position="bottom-end" disabled={!may.allowed}>
        <Menu.Target>
          <ActionButton
            size="xs"
            variant="default"
            why={may.why}
            leftSection={<IconSend size={15} aria-hidden />}
            rightSection={<IconChevronDown size={14} aria-hidden />}
          >
            {label}
          </ActionButton>
        </Menu.Target>
        <Menu.Dropdown>
          {possible.map(({ name, title }) => (
            <Menu.Item key={name} onClick={() => setChosen(name)}>
              {title}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Dialog opened={delivery !== undefined} onClose={() => setChosen(undefined)} title={delivery?.title ?? ''} size="lg">
        {delivery !== undefined && (
          <DeliveryForm source={source} subject={subject} delivery={delivery} onSent={() => setChosen(undefined)} />
        )}
      </Dialog>
    </>
  );
}

function DeliveryForm({
  source,
  subject,
  delivery,
  onSent,
}: {
  source: Props['source'];
  subject: Subject;
  delivery: Delivery;
  onSent: () => void;
}) {
  const fields = fieldsOf(delivery.input);
  const [values, setValues] = useState(() => startValues(fields));
  const send = useCommand('sources.deliver', {
    onDone: () => {
      toast(`On its way to ${source.name}.`);
      onSent();
    },
  });
  const complaints = complaintsOf(send.error);
  const errors = Object.fromEntries(Object.entries(complaints).map(([path, message]) => [path.replace(/^input\./, ''), message]));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate({ source: source.id, delivery: delivery.name, ...subject, input: filled(values) });
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <p className={classes.about}>{delivery.summary}</p>
      <SchemaForm fields={fields} values={values} errors={errors} onChange={(name, value) => setValues({ ...values, [name]: value })} />
      {send.error !== null && Object.keys(errors).length === 0 && <Notice>{send.error.message}</Notice>}
      <div className={classes.buttons}>
        <Button type="submit" loading={send.isPending}>
          {delivery.title}
        </Button>
        <span className={classes.quiet}>It is sent to {source.name} once; the outcome is shown here.</span>
      </div>
    </form>
  );
}
