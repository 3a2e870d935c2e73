import { ActionIcon, Button, CopyButton, Modal, Text, Tooltip } from '@mantine/core';
import { IconMailOpened, IconRefresh, IconSend } from '@tabler/icons-react';
import { useAction, useCommand } from '../../api.ts';
import type { Output } from '../../api.ts';
import { CodeBlock } from '../../ui/CodeBlock.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { FilterChips } from '../../ui/FilterChips.tsx';
import { Section } from '../../ui/Page.tsx';
import { usePages } from '../../ui/pages.ts';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { Status } from '../../ui/Status.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import { useQueryParams } from '../../ui/url-state.ts';
import { Notice } from '../../ui/Notice.tsx';

type Mail = Output<'access.outbox'>['mails'][number];

const columns: Column<Mail>[] = [
  { id: 'to', title: 'To', fixed: true, width: 260, cell: (mail) => mail.to },
  { id: 'subject', title: 'Subject', wide: true, cell: (mail) => mail.subject },
  {
    id: 'state',
    title: 'State',
    width: 120,
    cell: (mail) =>
      mail.state === 'sent' ? (
        <Status mood="good">Sent</Status>
      ) : mail.state === 'failed' ? (
        <Tooltip label={mail.lastError ?? 'It could not be sent.'}>
          <span>
            <Status mood="risk">Failed</Status>
          </span>
        </Tooltip>
      ) : (
        <Status mood="quiet">Waiting</Status>
      ),
  },
  { id: 'at', title: 'Written', width: 140, wide: true, cell: (mail) => <RelativeTime at={mail.createdAt} /> },
];

const states = ['waiting', 'failed', 'sent'] as const;

/** Mails that Rapport wrote: what waits, what failed and why. */
export function Body() {
  const wanted = useQueryParams()['state'];
  const state = states.find((one) => one === wanted);
  const ask = { limit: 100, ...(state === undefined ? {} : { state }) };
  const server = useAction('access.outbox', { limit: 1 });
  const mails = usePages('access.outbox', ask, (page) => page.mails);
  const open = useCommand('access.open-mail', { onFail: toastError });
  if (mails.error !== null && mails.rows === undefined) return <ErrorState error={mails.error} onRetry={mails.retry} />;
  return (
    <Section title="Outbox" about="Mails that Rapport wrote: invitations, new passwords, reports.">
      {server.data?.mailServer === false && (
        <div style={{ marginBottom: 12 }}>
          <Notice mood="attention" title="No mail server is set">
            Mails wait here until you hand their text over. Set SMTP_URL to send them.
          </Notice>
        </div>
      )}
      <div style={{ marginBottom: 12 }}>
        <FilterChips filters={[{ name: 'state', label: 'State', options: states.map((one) => ({ value: one, label: one })) }]} />
      </div>
      <DataTable
        name="Outbox"
        columns={columns}
        rows={mails.rows}
        keyOf={(mail) => mail.id}
        more={mails.more}
        actions={(mail) => mailActions(mail, (id) => open.mutate({ mailId: id }))}
        empty={
          <EmptyState icon={IconSend} title="No mail">
            Whatever Rapport writes to people passes through here.
          </EmptyState>
        }
      />
      <Modal opened={open.data !== undefined} onClose={open.reset} title={open.data?.subject ?? ''} size="lg">
        {open.data !== undefined && (
          <>
            <Text size="sm" c="dimmed">
              To {open.data.to}. That you read it is in the audit trail.
            </Text>
            <CodeBlock label="Text of the mail">{open.data.body}</CodeBlock>
            <CopyButton value={open.data.body}>
              {({ copied, copy }) => <Button onClick={copy}>{copied ? 'Copied' : 'Copy the text'}</Button>}
            </CopyButton>
          </>
        )}
      </Modal>
    </Section>
  );
}

function mailActions(mail: Mail, onOpen: (id: string) => void) {
  return mail.state === 'sent' ? null : <MailActions mail={mail} onOpen={onOpen} />;
}

function MailActions({ mail, onOpen }: { mail: Mail; onOpen: (id: string) => void }) {
  const again = useCommand('access.retry-mail', { onDone: () => toast('Trying to send it again.'), onFail: toastError });
  return (
    <>
      <Tooltip label="Read it, to hand it over">
        <ActionIcon size={26} aria-label={`Read the mail to ${mail.to}`} onClick={() => onOpen(mail.id)}>
          <IconMailOpened size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Try again">
        <ActionIcon size={26} aria-label={`Try again to send the mail to ${mail.to}`} onClick={() => again.mutate({ mailId: mail.id })}>
          <IconRefresh size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </>
  );
}
