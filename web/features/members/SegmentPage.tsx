import { Button, Checkbox, Group, Skeleton, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconCopy, IconUsers } from '@tabler/icons-react';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useAction, useCommand } from '../../api.ts';
import type { Input } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useMay } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { formatNumber } from '../../ui/format.ts';
import { Link } from '../../ui/Link.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { Page as PageFrame } from '../../ui/Page.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import { useQueryParams } from '../../ui/url-state.ts';
import { isUnfinished } from './condition-fields.ts';
import { filterOf } from './filter.ts';
import { MemberName } from './MemberName.tsx';
import { RuleBuilder } from './RuleBuilder.tsx';
import { useRuleNames } from './rule-names.ts';
import { isGroup, newGroup, rulesOfFilter, ruleWords, toRoot, toRule } from './rules.ts';
import type { GroupNode, Node, StoredRule } from './rules.ts';
import { SegmentAlerts } from './SegmentAlerts.tsx';
import classes from './rules.module.css';

type Segment = NonNullable<ReturnType<typeof useAction<'segments.get'>>['data']>;

/** A segment: who is in it and why; or a new one, begun with the filters of the address. */
export function Page() {
  const { segment: id } = useParams({ strict: false });
  const params = useQueryParams();
  const copied = params['copy'];
  const known = useAction('segments.get', { id: id ?? copied ?? '' }, { enabled: id !== undefined || copied !== undefined });
  const above = <Link to={paths.segments()}>Segments</Link>;
  if (id === undefined && copied === undefined)
    return <Editor key="new" above={above} start={rulesOfFilter(filterOf(params))} segment={undefined} name="" />;
  if (known.isError) {
    return (
      <PageFrame title="Segment" above={above}>
        <ErrorState error={known.error} onRetry={() => void known.refetch()} />
      </PageFrame>
    );
  }
  if (known.data === undefined) {
    return (
      <PageFrame title="Segment" above={above}>
        <Skeleton height={260} radius="md" />
      </PageFrame>
    );
  }
  const start = rulesOfFilter(known.data.filter);
  return copied === undefined ? (
    <Editor key={known.data.id} above={above} start={start} segment={known.data} name={known.data.name} />
  ) : (
    <Editor
      key={`copy ${copied}`}
      above={above}
      start={start}
      segment={undefined}
      name={`${known.data.name} (copy)`}
      description={known.data.description}
    />
  );
}

function Editor({
  above,
  start,
  segment,
  name: givenName,
  description: givenDescription = '',
}: {
  above: React.ReactNode;
  start: StoredRule;
  segment: Segment | undefined;
  name: string;
  description?: string;
}) {
  const navigate = useNavigate();
  const [root, setRoot] = useState<GroupNode>(() => toRoot(start));
  const [name, setName] = useState(givenName);
  const [description, setDescription] = useState(segment?.description ?? givenDescription);
  const [shared, setShared] = useState(segment?.shared ?? true);
  const mayCreate = useMay('segments.create');
  const rule = toRule(finished(root));
  const names = useRuleNames(rule);
  const open = (id: string) => void navigate({ to: '/segments/$segment', params: { segment: id } });
  const done = ({ id }: { id: string }) => {
    toast(`Saved “${name.trim()}”.`);
    open(id);
  };
  const create = useCommand('segments.create', { onDone: done, onFail: toastError });
  const update = useCommand('segments.update', { onDone: done, onFail: toastError });
  const filter = { rules: rule } as Input<'segments.create'>['filter'];
  const fixed = segment?.ready === true;
  const changed =
    segment === undefined ||
    name.trim() !== segment.name ||
    description.trim() !== segment.description ||
    shared !== segment.shared ||
    JSON.stringify(rule) !== JSON.stringify(toRule(toRoot(start)));
  const save = () => {
    const stored = { name: name.trim(), description: description.trim(), filter, shared };
    if (segment === undefined) create.mutate(stored);
    else update.mutate({ id: segment.id, ...stored });
  };
  return (
    <PageFrame
      title={segment?.name ?? 'New segment'}
      above={above}
      about={segment?.description || (segment === undefined ? 'Say who belongs in it. It is live: whoever fits is in it.' : undefined)}
      actions={
        <Group gap={8}>
          {segment !== undefined && (
            <Button
              component={Link}
              {...{ to: paths.members({ segment: segment.id }), look: 'plain' as const }}
              variant="default"
              leftSection={<IconUsers size={16} aria-hidden />}
            >
              Show the members
            </Button>
          )}
          {segment !== undefined && (
            <Button
              component={Link}
              {...{ to: paths.newSegment({ copy: segment.id }), look: 'plain' as const }}
              variant="default"
              leftSection={<IconCopy size={16} aria-hidden />}
            >
              Copy
            </Button>
          )}
          {!fixed && (
            <ActionButton
              why={mayCreate.why ?? (name.trim() === '' ? 'Give it a name first.' : changed ? undefined : 'Nothing was changed.')}
              loading={create.isPending || update.isPending}
              onClick={save}
            >
              Save
            </ActionButton>
          )}
        </Group>
      }
    >
      <div className={classes.columns}>
        <div className={classes.stack}>
          {fixed && <Notice mood="quiet">This segment comes with Rapport and stays as it is. Copy it to change the copy.</Notice>}
          <p className={classes.sentence} aria-live="polite">
            <strong>Who is in it:</strong> {ruleWords(rule, names)}.
          </p>
          {!fixed && (
            <>
              <RuleBuilder group={root} onChange={setRoot} />
              <section className={classes.card} aria-label="Name and who sees it">
                <TextInput
                  label="Name"
                  required
                  withAsterisk={false}
                  maxLength={80}
                  value={name}
                  onChange={(event) => setName(event.currentTarget.value)}
                />
                <Textarea
                  label="What it is for"
                  autosize
                  minRows={1}
                  maxRows={5}
                  maxLength={500}
                  value={description}
                  onChange={(event) => setDescription(event.currentTarget.value)}
                />
                <Checkbox
                  label="Everybody in the team sees and uses it"
                  checked={shared}
                  onChange={(event) => setShared(event.currentTarget.checked)}
                />
              </section>
            </>
          )}
        </div>
        <div className={classes.stack}>
          <Fitting rule={rule} />
          {segment !== undefined && <SegmentAlerts segment={segment} />}
          {segment !== undefined && <Moves segment={segment} />}
        </div>
      </div>
    </PageFrame>
  );
}

/** Without the lines that are still to be filled in. */
function finished(group: GroupNode): GroupNode {
  const keep = (node: Node): Node[] => (isGroup(node) ? [finished(node)] : isUnfinished(node.condition) ? [] : [node]);
  return { ...newGroup(group.join), items: group.items.flatMap(keep) };
}

/** How many fit now, and the first of them, while one builds. */
function Fitting({ rule }: { rule: StoredRule }) {
  const [asked] = useDebouncedValue(JSON.stringify(rule), 250);
  const found = useAction('members.list', { rules: asked, limit: 8, sort: 'engagement' }, { keep: true });
  const count = found.data?.count;
  return (
    <section className={classes.card} aria-label="Who fits now">
      <h2>Who fits now</h2>
      {found.isError && found.data === undefined ? (
        <Notice>{found.error.message}</Notice>
      ) : (
        <>
          <span className={classes.count} data-stale={found.isPlaceholderData || asked !== JSON.stringify(rule)} aria-live="polite">
            {count === undefined || count === null ? '…' : `${formatNumber(count)}${found.data?.more === true ? '+' : ''}`}
          </span>
          <ul className={classes.people}>
            {found.data?.members.map((member) => (
              <li key={member.id}>
                <MemberName member={member} size={20} />
              </li>
            ))}
          </ul>
          {count === 0 && <p className={classes.nothing}>Nobody. Loosen a condition, or remove one.</p>}
        </>
      )}
    </section>
  );
}

/** Who came and went in the last week. */
function Moves({ segment }: { segment: Segment }) {
  const changes = useAction('segments.changes', { id: segment.id, limit: 12 });
  const rows = changes.data?.changes ?? [];
  return (
    <section className={classes.card} aria-label="Last seven days">
      <h2>Last seven days</h2>
      {changes.data?.watchedSince === null && <p className={classes.nothing}>It is looked at for the first time within the hour.</p>}
      {changes.data !== undefined && changes.data.watchedSince !== null && rows.length === 0 && (
        <p className={classes.nothing}>Nobody entered or left.</p>
      )}
      {rows.length > 0 && (
        <ul className={classes.people}>
          {rows.map((row) => (
            <li key={`${row.member.id} ${row.entered ? 'in' : 'out'} ${row.at}`}>
              <MemberName member={row.member} size={20} />
              <span className={row.entered ? classes.in : classes.out}>{row.entered ? 'entered' : 'left'}</span>
              <span className={classes.out}>
                <RelativeTime at={row.at} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
