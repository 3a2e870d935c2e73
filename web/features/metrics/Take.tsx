import { Button, Menu } from '@mantine/core';
import { IconDownload, IconFileSpreadsheet, IconLink, IconPhoto, IconVector } from '@tabler/icons-react';
import { useState } from 'react';
import { call } from '../../api.ts';
import { useSession } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { download } from '../../ui/download.ts';
import { toast, toastError } from '../../ui/toasts.tsx';
import { leftOutWords } from './About.tsx';
import { showDay, todayIn } from './period.ts';
import type { Answer, Question } from './question.ts';

/** Takes a report along: its link, its rows, its picture. */
export function Take({ answer, before, question }: { answer: Answer | undefined; before: Answer | undefined; question: Question }) {
  const { workspace } = useSession();
  const [busy, setBusy] = useState(false);
  const { input } = question;
  if (answer === undefined || input === undefined) {
    return (
      <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} disabled>
        Download
      </Button>
    );
  }
  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      toastError(error instanceof Error ? error : new Error(String(error)));
    } finally {
      setBusy(false);
    }
  };
  const csv = async () => {
    const file = await call('metrics.export', input);
    download(file.name, file.mediaType, file.content);
  };
  // The drawing of pictures is fetched when the first one is wanted.
  const picture = async (kind: 'png' | 'svg') => {
    const { drawSlide, savePicture } = await import('./slide.tsx');
    const today = todayIn(workspace.timeZone);
    const svg = await drawSlide({
      answer,
      before,
      filters: [question.windowWords, ...question.filterWords].join(' · '),
      source: `Source: Rapport, ${workspace.name}. ${answer.report.source.title === 'Rapport' ? '' : `Definition: ${answer.report.source.title}. `}${leftOutWords(answer)}`,
      date: showDay(today),
    });
    await savePicture(svg, kind, `${answer.report.id}-${answer.window.from}-${answer.window.to}.${kind}`);
  };
  return (
    <>
      <ActionButton variant="default" leftSection={<IconLink size={16} aria-hidden />} onClick={() => void copyLink()}>
        Copy link
      </ActionButton>
      <Menu>
        <Menu.Target>
          <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} loading={busy}>
            Download
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPhoto size={16} aria-hidden />} onClick={() => void run(() => picture('png'))}>
            Picture for a slide (PNG)
          </Menu.Item>
          <Menu.Item leftSection={<IconVector size={16} aria-hidden />} onClick={() => void run(() => picture('svg'))}>
            Picture that scales (SVG)
          </Menu.Item>
          <Menu.Item leftSection={<IconFileSpreadsheet size={16} aria-hidden />} onClick={() => void run(csv)}>
            Rows for a spreadsheet (CSV)
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

/** Browsers only let pages at https, or on this machine, write to the clipboard. */
async function copyLink(): Promise<void> {
  try {
    await navigator.clipboard.writeText(window.location.href);
    toast('The link is copied. It shows a colleague the same report.');
  } catch {
    toastError(new Error('This browser does not let the page copy. Copy the address of the page instead.'));
  }
}
