import { Modal } from '@mantine/core';
import type { ModalProps } from '@mantine/core';
import { useLayer } from './layers.ts';

/** A dialog that may stand above a side panel or another dialog. */
export function Dialog(props: ModalProps) {
  return <Modal {...useLayer(props.opened)} {...props} />;
}
