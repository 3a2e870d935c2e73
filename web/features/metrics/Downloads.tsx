import { Menu } from '@mantine/core';
import { IconFileSpreadsheet, IconPhoto, IconVector } from '@tabler/icons-react';
import { call } from '../../api.ts';
import type { Input, Output } from '../../api.ts';
import { download } from '../../ui/download.ts';
import { toastError } from '../../ui/toasts.tsx';
import type { ReportInput } from './question.ts';

interface Props {
  /** What the picture is drawn of. */
  picture: Omit<Input<'metrics.picture'>, 'as'>;
  /** What the rows are counted from. */
  input: ReportInput;
  /** Nothing to draw. */
  empty: boolean;
  onBusy?: (busy: boolean) => void;
}

/** A report as a file: what a menu of downloads offers. */
export function DownloadItems({ picture, input, empty, onBusy }: Props) {
  const run = async (work: () => Promise<void>) => {
    onBusy?.(true);
    try {
      await work();
    } catch (error) {
      toastError(error instanceof Error ? error : new Error(String(error)));
    } finally {
      onBusy?.(false);
    }
  };
  const draw = (as: 'png' | 'svg') => run(async () => save(await call('metrics.picture', { ...picture, as })));
  const count = () =>
    run(async () => {
      const file = await call('metrics.export', input);
      download(file.name, file.mediaType, file.content);
    });
  return (
    <>
      <Menu.Item leftSection={<IconPhoto size={16} aria-hidden />} onClick={() => void draw('png')} disabled={empty}>
        Picture for a slide (PNG)
      </Menu.Item>
      <Menu.Item leftSection={<IconVector size={16} aria-hidden />} onClick={() => void draw('svg')} disabled={empty}>
        Picture that scales (SVG)
      </Menu.Item>
      <Menu.Item leftSection={<IconFileSpreadsheet size={16} aria-hidden />} onClick={() => void count()}>
        Rows for a spreadsheet (CSV)
      </Menu.Item>
    </>
  );
}

function save({ name, mediaType, content }: Output<'metrics.picture'>): void {
  const bytes = mediaType === 'image/png' ? Uint8Array.from(atob(content), (letter) => letter.codePointAt(0) ?? 0) : content;
  download(name, mediaType, bytes);
}
