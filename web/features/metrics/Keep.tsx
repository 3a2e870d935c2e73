import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconLayoutDashboard, IconMail, IconPlus } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call, useAction, useCommand } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useMay } from '../../shell/session.ts';
import { toast, toastError } from '../../ui/toasts.tsx';
import { useQueryParams } from '../../ui/url-state.ts';
import { askOnPage, freshId } from './asks.ts';
import type { Definition, ReportInput } from './question.ts';
import { ScheduleDialog } from './ScheduleDialog.tsx';

/** Keeps a report as it is asked now: on a dashboard, or in a mail that comes again. */
export function Keep({ definition, input }: { definition: Definition; input: ReportInput | undefined }) {
  const navigate = useNavigate();
  const params = useQueryParams();
  const may = useMay('dashboards.create');
  const maySend = useMay('schedules.create');
  const [sending, setSending] = useState(false);
  const dashboards = useAction('dashboards.list', {}).data?.dashboards ?? [];
  const ask = askOnPage(input, params);
  const go = (id: string) => void navigate({ to: paths.dashboard(id) });
  const create = useCommand('dashboards.create', { onDone: ({ id }) => go(id), onFail: toastError });
  const add = async (id: string) => {
    try {
      const { cards, version, title } = await call('dashboards.get', { id });
      await call('dashboards.update', {
        id,
        version,
        cards: [...cards, { id: freshId(cards), type: 'report', report: definition.id, width: 'half', view: 'chart', ask }],
      });
      toast(`Added to “${title}”.`);
      go(id);
    } catch (error) {
      toastError(error instanceof Error ? error : new Error(String(error)));
    }
  };
  if (!may.allowed) return null;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>
            Keep
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>On a dashboard</Menu.Label>
          {dashboards
            .filter((one) => one.mine)
            .slice(0, 12)
            .map((one) => (
              <Menu.Item key={one.id} leftSection={<IconLayoutDashboard size={16} aria-hidden />} onClick={() => void add(one.id)}>
                <bdi>{one.title}</bdi>
              </Menu.Item>
            ))}
          <Menu.Item
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() =>
              create.mutate({
                title: definition.title,
                cards: [{ id: 'c1', type: 'report', report: definition.id, width: 'full', view: 'chart', ask }],
              })
            }
          >
            A new one
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<IconMail size={16} aria-hidden />} disabled={!maySend.allowed} onClick={() => setSending(true)}>
            Send regularly…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ScheduleDialog what={{ report: definition.id, ask }} title={definition.title} opened={sending} onClose={() => setSending(false)} />
    </>
  );
}
