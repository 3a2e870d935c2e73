import { ActionIcon, Group, Menu, MultiSelect, Select, SimpleGrid, Stack, TagsInput, Text } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useState } from 'react';
import { useAction, useCommand } from '../../api.ts';
import type { Input, Output } from '../../api.ts';
import { useMay, useSession } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { ErrorState, SkeletonBlock } from '../../ui/states.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import { filled } from '../../ui/schema.ts';
import { ChatTarget } from './ChatTarget.tsx';
import type { ChatPlace } from './ChatTarget.tsx';
import classes from './dashboard.module.css';

type Schedule = Output<'schedules.list'>['schedules'][number];
type What = Pick<Input<'schedules.create'>, 'dashboard' | 'report' | 'ask'>;

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** Who gets a dashboard or a report by mail, and when. */
export function ScheduleDialog({ what, title, opened, onClose }: { what: What; title: string; opened: boolean; onClose: () => void }) {
  return (
    <Dialog opened={opened} onClose={onClose} title={`Send “${title}” regularly`} size="lg">
      {opened && <Schedules what={what} />}
    </Dialog>
  );
}

function Schedules({ what }: { what: What }) {
  const list = useAction('schedules.list', what.dashboard === undefined ? { report: what.report } : { dashboard: what.dashboard });
  if (list.isError && list.data === undefined) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (list.data === undefined) return <SkeletonBlock height={180} />;
  return (
    <Stack>
      {!list.data.mailServer && (
        <Notice mood="attention" title="No mail server is set">
          Mails wait on the outbox page until SMTP_URL is set.
        </Notice>
      )}
      {list.data.schedules.length > 0 && (
        <div>
          {list.data.schedules.map((schedule) => (
            <Line key={schedule.id} schedule={schedule} />
          ))}
        </div>
      )}
      <NewSchedule what={what} another={list.data.schedules.length > 0} />
    </Stack>
  );
}

function whenWords({ every, day, hour }: Pick<Schedule, 'every' | 'day' | 'hour'>): string {
  const at = `${String(hour).padStart(2, '0')}:00`;
  return every === 'week' ? `Every ${weekdays[day - 1] ?? ''} at ${at}` : `On day ${day} of every month at ${at}`;
}

function Line({ schedule }: { schedule: Schedule }) {
  const test = useCommand('schedules.test', { onDone: ({ to }) => toast(`A test is on its way to ${to}.`), onFail: toastError });
  const update = useCommand('schedules.update', { onFail: toastError });
  const remove = useCommand('schedules.delete', { onDone: () => toast('It is not sent any more.'), onFail: toastError });
  const whom = schedule.targets.map((target) => `${target.name}${target.unsubscribed ? ' (has enough of it)' : ''}`).join(', ');
  return (
    <div className={classes.line}>
      <div>
        {schedule.paused ? `Paused: ${whenWords(schedule).toLowerCase()}` : whenWords(schedule)}
        <p>
          to {whom}
          {schedule.nextAt !== null && (
            <>
              , next <RelativeTime at={schedule.nextAt} />
            </>
          )}
          {schedule.lastSentAt !== null && (
            <>
              , last sent <RelativeTime at={schedule.lastSentAt} />
            </>
          )}
        </p>
        {schedule.lastError !== null && <p>The last try failed: {schedule.lastError}</p>}
      </div>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon size={28} aria-label={`More for what is sent ${whenWords(schedule).toLowerCase()}`} loading={test.isPending}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => test.mutate({ id: schedule.id })}>Send a test to me</Menu.Item>
          <Menu.Item onClick={() => update.mutate({ id: schedule.id, paused: !schedule.paused })}>
            {schedule.paused ? 'Go on' : 'Pause'}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" onClick={() => remove.mutate({ id: schedule.id })}>
            Stop sending
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

function NewSchedule({ what, another }: { what: What; another: boolean }) {
  const { actor, workspace } = useSession();
  const people = useAction('access.directory', {}).data?.users ?? [];
  const manager = useMay('dashboards.publish');
  const [every, setEvery] = useState<'week' | 'month'>('week');
  const [day, setDay] = useState(1);
  const [hour, setHour] = useState(9);
  const [users, setUsers] = useState<string[]>(actor.id === null || actor.id === undefined ? [] : [actor.id]);
  const [addresses, setAddresses] = useState<string[]>([]);
  const [chat, setChat] = useState<ChatPlace>();
  const create = useCommand('schedules.create', {
    onDone: () => {
      toast('It will be sent.');
      setAddresses([]);
      setChat(undefined);
    },
    onFail: toastError,
  });
  const nobody = users.length + addresses.length === 0 && chat === undefined;
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate({
          ...what,
          every,
          day,
          hour,
          targets: [
            ...users.map((user) => ({ kind: 'user' as const, user })),
            ...addresses.map((address) => ({ kind: 'address' as const, address })),
            ...(chat === undefined ? [] : [{ kind: 'delivery' as const, ...chat, input: filled(chat.input) }]),
          ],
        });
      }}
    >
      {another && <Text fw={600}>Send it to others too</Text>}
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm" verticalSpacing="sm">
        <Select
          label="How often"
          allowDeselect={false}
          data={[
            { value: 'week', label: 'Every week' },
            { value: 'month', label: 'Every month' },
          ]}
          value={every}
          onChange={(value) => {
            setEvery(value === 'month' ? 'month' : 'week');
            setDay(1);
          }}
        />
        <Select
          label="On"
          allowDeselect={false}
          data={
            every === 'week'
              ? weekdays.map((name, index) => ({ value: String(index + 1), label: name }))
              : Array.from({ length: 31 }, (_, index) => ({
                  value: String(index + 1),
                  label: index === 30 ? 'the last day' : `day ${index + 1}`,
                }))
          }
          value={String(day)}
          onChange={(value) => setDay(Number(value ?? 1))}
        />
        <Select
          label={`At (${workspace.timeZone ?? 'UTC'})`}
          allowDeselect={false}
          data={Array.from({ length: 24 }, (_, one) => ({ value: String(one), label: `${String(one).padStart(2, '0')}:00` }))}
          value={String(hour)}
          onChange={(value) => setHour(Number(value ?? 9))}
        />
      </SimpleGrid>
      <MultiSelect
        label="To people here"
        searchable
        data={people.map((person) => ({ value: person.id, label: person.name }))}
        value={users}
        onChange={setUsers}
      />
      {manager.allowed && (
        <TagsInput
          label="To other addresses"
          description="They see what is sent, names of members too. Each mail has a link that ends it."
          placeholder={addresses.length === 0 ? 'board@example.com' : ''}
          value={addresses}
          onChange={setAddresses}
          splitChars={[',', ' ', ';']}
        />
      )}
      <ChatTarget value={chat} onChange={setChat} />
      <Group justify="flex-end">
        <ActionButton type="submit" loading={create.isPending} why={nobody ? 'Say whom it goes to first.' : undefined}>
          Send it regularly
        </ActionButton>
      </Group>
    </form>
  );
}
