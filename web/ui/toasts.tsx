import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';

/** A quiet word that something is done, with undo where it can be undone. */
export function toast(message: string, options: { undo?: () => void } = {}): void {
  const id = `toast-${crypto.randomUUID()}`;
  const { undo } = options;
  notifications.show({
    id,
    icon: <IconCheck size={16} aria-hidden />,
    color: 'teal',
    closeButtonProps: { 'aria-label': 'Dismiss' },
    autoClose: undo === undefined ? 4000 : 9000,
    message:
      undo === undefined ? (
        message
      ) : (
        <Group justify="space-between" wrap="nowrap" gap="sm">
          <Text size="sm">{message}</Text>
          <Button
            variant="subtle"
            size="compact-sm"
            onClick={() => {
              notifications.hide(id);
              undo();
            }}
          >
            Undo
          </Button>
        </Group>
      ),
  });
}

/** Something did not go through: stays until read. */
export function toastError(error: Error): void {
  notifications.show({
    icon: <IconAlertTriangle size={16} aria-hidden />,
    color: 'red',
    closeButtonProps: { 'aria-label': 'Dismiss' },
    title: 'That did not work',
    message: error.message,
    autoClose: 12_000,
  });
}
