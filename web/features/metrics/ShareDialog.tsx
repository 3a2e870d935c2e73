import { Button, Checkbox, CopyButton, Group, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useCommand } from '../../api.ts';
import { useMay } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import type { Dashboard } from './asks.ts';
import { showDay } from './period.ts';

const lengths = [
  { value: 'never', label: 'until it is revoked' },
  { value: '7', label: 'for 7 days' },
  { value: '30', label: 'for 30 days' },
  { value: '90', label: 'for 90 days' },
  { value: '365', label: 'for a year' },
];

/** Who may see a dashboard: the workspace, and everybody who has the link. */
export function ShareDialog({ dashboard, opened, onClose }: { dashboard: Dashboard; opened: boolean; onClose: () => void }) {
  const update = useCommand('dashboards.update', { onFail: toastError });
  return (
    <Dialog opened={opened} onClose={onClose} title="Share this dashboard" size="lg">
      <Stack gap="lg">
        <div>
          <Switch
            label="Everybody in the workspace may see it"
            checked={dashboard.shared}
            disabled={!dashboard.mayChange || update.isPending}
            onChange={(event) => update.mutate({ id: dashboard.id, shared: event.currentTarget.checked })}
          />
          <Group mt="sm" align="flex-end" wrap="nowrap">
            <TextInput
              style={{ flex: 1 }}
              label="Link for colleagues"
              readOnly
              value={window.location.href}
              onFocus={(event) => event.currentTarget.select()}
            />
            <Copy text={window.location.href} />
          </Group>
        </div>
        <PublicLink dashboard={dashboard} />
      </Stack>
    </Dialog>
  );
}

function Copy({ text }: { text: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button variant="default" onClick={copy}>
          {copied ? 'Copied' : 'Copy'}
        </Button>
      )}
    </CopyButton>
  );
}

function PublicLink({ dashboard }: { dashboard: Dashboard }) {
  const { link } = dashboard;
  const may = useMay('dashboards.publish');
  const [length, setLength] = useState('never');
  const [indexed, setIndexed] = useState(false);
  const publish = useCommand('dashboards.publish', { onDone: () => toast('The public link is ready.'), onFail: toastError });
  const revoke = useCommand('dashboards.unpublish', { onDone: () => toast('The public link opens nothing any more.'), onFail: toastError });
  return (
    <section aria-labelledby="public-link">
      <Text fw={600} id="public-link">
        Public page
      </Text>
      <Text size="sm" c="dimmed" mb="sm">
        Whoever has the link sees the figures without an account: sums only, no names, no e-mail addresses; groups of fewer than five people
        are hidden. What it shows may be a minute old.
      </Text>
      {link === null ? (
        <Stack gap="sm">
          <Group gap="md">
            <Select
              aria-label="How long"
              w={210}
              data={lengths}
              value={length}
              allowDeselect={false}
              onChange={(value) => setLength(value ?? 'never')}
            />
            <Checkbox label="Search engines may list it" checked={indexed} onChange={(event) => setIndexed(event.currentTarget.checked)} />
          </Group>
          <Group>
            <ActionButton
              loading={publish.isPending}
              why={may.why ?? (dashboard.mayChange ? undefined : 'Only the one who made it, or a manager, may make it public.')}
              onClick={() => publish.mutate({ id: dashboard.id, expiresInDays: length === 'never' ? null : Number(length), indexed })}
            >
              Make a public link
            </ActionButton>
          </Group>
        </Stack>
      ) : (
        <Stack gap="sm">
          <Group align="flex-end" wrap="nowrap">
            <TextInput
              style={{ flex: 1 }}
              label="Public link"
              readOnly
              value={link.url}
              onFocus={(event) => event.currentTarget.select()}
            />
            <Copy text={link.url} />
          </Group>
          <Group justify="space-between">
            <Text size="sm" c="dimmed">
              {link.expired
                ? 'It is over. '
                : link.expiresAt === null
                  ? 'Works until it is revoked. '
                  : `Works until ${showDay(link.expiresAt.slice(0, 10))}. `}
              {link.indexed && 'Search engines may list it.'}
            </Text>
            <Group gap="xs">
              <Button variant="default" component="a" href={link.url} target="_blank" rel="noreferrer">
                Look at it
              </Button>
              <ActionButton
                variant="default"
                color="red"
                loading={revoke.isPending}
                why={dashboard.mayChange ? undefined : 'Only the one who made the dashboard, or a manager, may revoke its link.'}
                onClick={() => revoke.mutate({ id: dashboard.id })}
              >
                Revoke
              </ActionButton>
            </Group>
          </Group>
        </Stack>
      )}
    </section>
  );
}
