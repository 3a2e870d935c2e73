import { Group, Progress } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useState } from 'react';
import { call, useAction, useCommand } from '../../api.ts';
import type { Output } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useMay } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { CsvInput } from '../../ui/CsvInput.tsx';
import type { CsvFile } from '../../ui/CsvInput.tsx';
import { count, formatNumber } from '../../ui/format.ts';
import { Link } from '../../ui/Link.tsx';
import { Page as PageFrame, Section } from '../../ui/Page.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { Status } from '../../ui/Status.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import rules from './rules.module.css';

type Plan = Output<'members.plan-merges'>;
type Batch = Output<'members.merge-batches'>['batches'][number];

/** Merging by file: look first at what it would do, then let it run, and take all of it back if need be. */
export function Page() {
  const mayPlan = useMay('members.plan-merges');
  const mayMerge = useMay('members.merge-many');
  const [file, setFile] = useState({ name: 'pairs.csv', content: '' });
  const [plan, setPlan] = useState<Plan>();
  const [looking, setLooking] = useState(false);
  const change = (next: CsvFile) => {
    setFile(next);
    setPlan(undefined);
  };
  const look = async () => {
    setLooking(true);
    try {
      setPlan(await call('members.plan-merges', { content: file.content }));
    } catch (error) {
      if (error instanceof Error) toastError(error);
    } finally {
      setLooking(false);
    }
  };
  const merge = useCommand('members.merge-many', {
    onDone: ({ merges }) => {
      toast(`${count(merges, 'merge')} under way.`);
      change({ name: 'pairs.csv', content: '' });
    },
    onFail: toastError,
  });
  return (
    <PageFrame
      title="Merge by file"
      about="A CSV file of pairs that are one person each. Nothing is merged before you have seen what it would do, and a file is taken back as one."
      above={<Link to={paths.suggestions()}>Suggestions</Link>}
    >
      <div className={rules.stack} style={{ maxWidth: 860 }}>
        <section className={rules.card} aria-label="The file">
          <CsvInput
            label="Pairs, one on each line"
            placeholder={'github:ada,ada@example.com,she told us\nmem_1a,discourse:forum.example.org:grace'}
            file={file}
            onChange={change}
          />
          <p className={rules.nothing}>
            Two columns name a member each: an id (<span className="code">mem_1a</span>), an e-mail address, or an account (
            <span className="code">platform:name</span>, <span className="code">platform:host:name</span>). A third may hold the reason.
          </p>
          <Group gap={8}>
            <ActionButton
              variant={plan === undefined ? 'filled' : 'default'}
              why={mayPlan.why ?? (file.content.trim() === '' ? 'Choose or paste a file first.' : undefined)}
              loading={looking}
              onClick={() => void look()}
            >
              See what it would do
            </ActionButton>
            {plan !== undefined && plan.count > 0 && (
              <ActionButton why={mayMerge.why} loading={merge.isPending} onClick={() => merge.mutate(file)}>
                Merge {count(plan.count, 'pair')}
              </ActionButton>
            )}
          </Group>
        </section>
        {plan !== undefined && <Planned plan={plan} />}
        <Batches />
      </div>
    </PageFrame>
  );
}

function Planned({ plan }: { plan: Plan }) {
  return (
    <section className={rules.card} aria-label="What it would do" aria-live="polite">
      <h2>
        {count(plan.count, 'pair')} would be merged, {count(plan.refusedCount, 'line')} refused
      </h2>
      {plan.refused.length > 0 && (
        <table className={rules.sum}>
          <thead>
            <tr>
              <th scope="col">Refused line</th>
              <th scope="col" style={{ textAlign: 'left' }}>
                Why
              </th>
            </tr>
          </thead>
          <tbody>
            {plan.refused.slice(0, 100).map((one) => (
              <tr key={`${one.line} ${one.reason}`}>
                <th scope="row">{one.line}</th>
                <td style={{ textAlign: 'left', whiteSpace: 'normal' }}>{one.reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {plan.merges.length > 0 && (
        <ul className={rules.people}>
          {plan.merges.slice(0, 20).map((one) => (
            <li key={one.line}>
              <span>
                <bdi>{one.names[0]}</bdi> and <bdi>{one.names[1]}</bdi>{' '}
                <span className={rules.word}>
                  line {one.line}
                  {one.reason === '' ? '' : `: ${one.reason}`}
                </span>
              </span>
            </li>
          ))}
          {plan.count > 20 && <li className={rules.word}>and {formatNumber(plan.count - 20)} more</li>}
        </ul>
      )}
    </section>
  );
}

const words = { running: 'under way', done: 'done', undoing: 'being taken back', undone: 'taken back' } as const;

function Batches() {
  const [busy, setBusy] = useState(true);
  const list = useAction('members.merge-batches', {}, { every: busy ? 1500 : false });
  const batches = list.data?.batches ?? [];
  const open = batches.some((batch) => batch.state === 'running' || batch.state === 'undoing');
  if (list.data !== undefined && open !== busy) setBusy(open);
  if (batches.length === 0) return null;
  return (
    <Section title="Files so far">
      <ul className={rules.people}>
        {batches.map((batch) => (
          <BatchItem key={batch.id} batch={batch} />
        ))}
      </ul>
    </Section>
  );
}

function BatchItem({ batch }: { batch: Batch }) {
  const may = useMay('members.undo-batch');
  const undo = useCommand('members.undo-batch', { onDone: () => toast('It is being taken back.'), onFail: toastError });
  const ask = () =>
    modals.openConfirmModal({
      title: `Take back the ${count(batch.merged, 'merge')} of ${batch.name}?`,
      children: 'Each of these people is taken apart again, exactly. What was merged otherwise since stays.',
      labels: { confirm: 'Take them back', cancel: 'Cancel' },
      onConfirm: () => undo.mutate({ batch: batch.id }),
    });
  return (
    <li className={rules.card}>
      <div>
        <strong>
          <bdi>{batch.name}</bdi>
        </strong>{' '}
        <Status mood={batch.state === 'done' ? 'good' : batch.state === 'undone' ? 'quiet' : 'busy'}>{words[batch.state]}</Status>
        <p className={rules.nothing}>
          {count(batch.merged, 'merge')} {batch.merged === 1 ? 'holds' : 'hold'}, {count(batch.refused.length, 'line')} refused, by{' '}
          {batch.madeBy ?? 'the system'} <RelativeTime at={batch.madeAt} />
        </p>
        {batch.state === 'running' && <Progress mt={6} value={(batch.done / Math.max(1, batch.total)) * 100} aria-label="Progress" />}
      </div>
      {(batch.state === 'done' || batch.state === 'running') && batch.merged > 0 && (
        <ActionButton variant="default" size="compact-sm" why={may.why} loading={undo.isPending} onClick={ask}>
          Take back
        </ActionButton>
      )}
    </li>
  );
}
