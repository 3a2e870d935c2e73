import { Button, Menu } from '@mantine/core';
import { IconDownload, IconLink } from '@tabler/icons-react';
import { useState } from 'react';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import { useQueryParams } from '../../ui/url-state.ts';
import { askOnPage } from './asks.ts';
import { DownloadItems } from './Downloads.tsx';
import type { Answer, Question } from './question.ts';

/** Takes a report along: its link, its rows, its picture. */
export function Take({ answer, question }: { answer: Answer | undefined; question: Question }) {
  const params = useQueryParams();
  const [busy, setBusy] = useState(false);
  const { input, compare } = question;
  if (answer === undefined || input === undefined) {
    return (
      <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} disabled>
        Download
      </Button>
    );
  }
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
          <DownloadItems
            picture={{ report: input.report, ask: askOnPage(input, params), compare }}
            input={input}
            empty={answer.rows.length === 0}
            onBusy={setBusy}
          />
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
