import { Button, Group, Modal, Radio, Stack } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useCommand } from '../../api.ts';
import { count } from '../../ui/format.ts';
import { toast } from '../../ui/toasts.tsx';
import { Notice } from '../../ui/Notice.tsx';
import type { SourceDetail } from './Source.tsx';

/** Removing asks what happens to the data, and nothing is chosen beforehand that destroys. */
export function RemoveDialog({ source, opened, onClose }: { source: SourceDetail; opened: boolean; onClose: () => void }) {
  const navigate = useNavigate();
  const [data, setData] = useState<'keep' | 'delete'>('keep');
  const remove = useCommand('sources.remove', {
    refresh: ['members', 'activities', 'metrics'],
    onDone() {
      toast(data === 'keep' ? `${source.name} is not read any more. Its data stays.` : `${source.name} is being removed with its data.`);
      void navigate({ to: '/sources' });
    },
  });
  return (
    <Modal opened={opened} onClose={onClose} title={`Remove ${source.name}?`}>
      <Stack gap="md">
        {remove.error !== null && <Notice>{remove.error.message}</Notice>}
        <Radio.Group
          aria-label="What happens to its data"
          value={data}
          onChange={(value) => setData(value === 'delete' ? 'delete' : 'keep')}
        >
          <Stack gap="sm">
            <Radio
              value="keep"
              label="Keep its data"
              description="Reading ends, and its secrets are forgotten. People and activities stay."
            />
            <Radio
              value="delete"
              label="Delete its data"
              description={`${count(source.records, 'record')}, their activities, and people known only from here. This cannot be undone.`}
            />
          </Stack>
        </Radio.Group>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate({ id: source.id, data })}>
            {data === 'keep' ? 'Remove, keep data' : 'Remove and delete data'}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
