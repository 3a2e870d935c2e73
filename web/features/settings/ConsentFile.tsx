import { Button, Group, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { call, useCommand } from '../../api.ts';
import type { Output } from '../../api.ts';
import { useMay } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { CsvInput } from '../../ui/CsvInput.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { count } from '../../ui/format.ts';
import { Notice } from '../../ui/Notice.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';

type Plan = Output<'members.plan-consents'>;

const none = { name: 'consents.csv', content: '' };
const mostShown = 8;

/** Notes what many people said, from a mailing tool's export: first what it would do, then doing it. */
export function ConsentFile({ purposes }: { purposes: readonly { id: string; name: string }[] }) {
  const may = useMay('members.import-consents');
  const [open, setOpen] = useState(false);
  const [purpose, setPurpose] = useState<string | null>(null);
  const [source, setSource] = useState('');
  const [file, setFile] = useState(none);
  const [plan, setPlan] = useState<Plan>();
  const [looking, setLooking] = useState(false);
  const close = () => {
    setOpen(false);
    setFile(none);
    setPlan(undefined);
  };
  const look = async () => {
    setLooking(true);
    try {
      setPlan(await call('members.plan-consents', { content: file.content }));
    } catch (error) {
      if (error instanceof Error) toastError(error);
    } finally {
      setLooking(false);
    }
  };
  const note = useCommand('members.import-consents', {
    onDone: ({ noted }) => {
      toast(`Noted of ${count(noted, 'person', 'people')}.`);
      close();
    },
    onFail: toastError,
  });
  const people = plan === undefined ? 0 : plan.given + plan.refusing + plan.withdrawn;
  const missing = purpose === null ? 'Choose a purpose first.' : source.trim() === '' ? 'Say where they said so first.' : undefined;
  return (
    <>
      <ActionButton
        variant="default"
        leftSection={<IconFileUpload size={16} aria-hidden />}
        why={may.why ?? (purposes.length === 0 ? 'Add a purpose first.' : undefined)}
        onClick={() => setOpen(true)}
      >
        Import a file
      </ActionButton>
      <Dialog opened={open} onClose={close} title="Import consents" size="lg">
        <Stack gap={12}>
          <Text size="sm" c="dimmed">
            An export of your mailing tool, as CSV: the first line names the columns email, state and, if it is known, date. The latest word
            of each person holds.
          </Text>
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={12}>
            <Select
              label="Purpose"
              placeholder="What they were asked for"
              data={purposes.map(({ id, name }) => ({ value: id, label: name }))}
              value={purpose}
              onChange={setPurpose}
            />
            <TextInput
              label="Where they said so"
              placeholder="Newsletter form"
              value={source}
              onChange={(event) => setSource(event.currentTarget.value)}
            />
          </SimpleGrid>
          <CsvInput
            label="Addresses and what they said"
            placeholder={'email,state,date\nada@example.com,given,2026-03-01'}
            file={file}
            onChange={(next) => {
              setFile(next);
              setPlan(undefined);
            }}
          />
          {plan !== undefined && <Planned plan={plan} />}
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <ActionButton
              variant={people === 0 ? 'filled' : 'default'}
              why={file.content.trim() === '' ? 'Choose or paste a file first.' : undefined}
              loading={looking}
              onClick={() => void look()}
            >
              See what it would do
            </ActionButton>
            {people > 0 && (
              <ActionButton
                why={missing}
                loading={note.isPending}
                onClick={() => purpose !== null && note.mutate({ purpose, source, content: file.content })}
              >
                Note {count(people, 'person', 'people')}
              </ActionButton>
            )}
          </Group>
        </Stack>
      </Dialog>
    </>
  );
}

function Planned({ plan }: { plan: Plan }) {
  const rest = plan.refusedCount - mostShown;
  return (
    <Notice mood={plan.refusedCount > 0 ? 'attention' : 'quiet'}>
      {count(plan.given, 'person', 'people')} gave consent, {plan.refusing} refused, {plan.withdrawn} withdrew it.{' '}
      {count(plan.unknown, 'address', 'addresses')} {plan.unknown === 1 ? 'belongs' : 'belong'} to nobody here: nothing is kept of them.
      {plan.refused.slice(0, mostShown).map(({ line, reason }) => (
        <div key={`${line} ${reason}`}>
          Line {line}: {reason}
        </div>
      ))}
      {rest > 0 && <div>and {count(rest, 'line')} more that cannot be read</div>}
    </Notice>
  );
}
