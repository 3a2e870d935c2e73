import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import { useLayer } from './layers.ts';
import classes from './SidePanel.module.css';

/** Details beside the list: whether it is open, and of what, is in the address. */
export function SidePanel({
  opened,
  onClose,
  title,
  children,
  size = 520,
}: {
  opened: boolean;
  onClose: () => void;
  title: ReactNode;
  children: ReactNode;
  size?: number;
}) {
  return (
    <Drawer
      {...useLayer(opened)}
      opened={opened}
      onClose={onClose}
      position="right"
      size={size}
      title={title}
      overlayProps={{ backgroundOpacity: 0.12 }}
      transitionProps={{ duration: 140 }}
      closeButtonProps={{ 'aria-label': 'Close' }}
      classNames={{ content: classes.content, title: classes.title }}
    >
      {children}
    </Drawer>
  );
}
