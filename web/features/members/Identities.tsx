import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { useCommand } from '../../api.ts';
import { useMay } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { forgetTimelines } from '../../ui/activities/timeline.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { count, formatNumber } from '../../ui/format.ts';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import type { Profile } from './filter.ts';
import { IdentityLine } from './IdentityLine.tsx';
import { useSourceNames } from './sources.ts';
import classes from './members.module.css';

type Identity = Profile['identities'][number];
type Merge = Profile['merges'][number];

const causes: Record<Merge['cause'], string> = {
  proof: 'Linked on proof',
  hand: 'Merged by hand',
  suggestion: 'Accepted suggestion',
  import: 'Said by an import',
};
const firstShown = 8;

/** The accounts and addresses of a person: where each came from, and why it belongs here. What was merged can be taken out. */
export function Identities({ profile }: { profile: Profile }) {
  const [all, setAll] = useState(false);
  const [parting, setParting] = useState<Merge>();
  const sorted = profile.identities.toSorted((a, b) => b.activities - a.activities);
  const shown = all ? sorted : sorted.slice(0, firstShown);
  const undone = profile.merges.filter((merge) => merge.undoneAt !== null);
  return (
    <section className={classes.part}>
      <h2 className={classes.partTitle}>
        Identities <span className={classes.quiet}>{formatNumber(profile.identities.length)}</span>
      </h2>
      {profile.identities.length === 0 && <p className={classes.quiet}>None known: this person was added by hand.</p>}
      <ul className={classes.identities}>
        {shown.map((identity) => (
          <IdentityItem key={identity.id} identity={identity} alone={profile.identities.length === 1} onPart={setParting} />
        ))}
      </ul>
      {sorted.length > firstShown && (
        <Button variant="subtle" color="gray" size="compact-xs" onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show all ${formatNumber(sorted.length)}`}
        </Button>
      )}
      {profile.merges.length > 0 && (
        <details className={classes.history}>
          <summary>
            Merge history{' '}
            <span className={classes.quiet}>
              {count(profile.merges.length, 'merge')}
              {undone.length > 0 && `, ${formatNumber(undone.length)} undone`}
            </span>
          </summary>
          <ol>
            {profile.merges.map((merge) => (
              <HistoryItem key={merge.id} merge={merge} onPart={setParting} />
            ))}
          </ol>
        </details>
      )}
      {parting !== undefined && <PartDialog profile={profile} merge={parting} onClose={() => setParting(undefined)} />}
    </section>
  );
}

function IdentityItem({ identity, alone, onPart }: { identity: Identity; alone: boolean; onPart: (merge: Merge) => void }) {
  const nameOf = useSourceNames();
  const source = nameOf(identity.source);
  const { merge } = identity;
  return (
    <li>
      <div className={classes.identityTop}>
        <IdentityLine identity={identity} />
        <span className={classes.identityCount}>{identity.activities === 0 ? '' : formatNumber(identity.activities)}</span>
      </div>
      <div className={classes.why}>
        {identity.name !== null && (
          <>
            as <bdi>{identity.name}</bdi> ·{' '}
          </>
        )}
        {source === undefined ? 'by hand' : `from ${source}`}, <RelativeTime at={identity.firstAt ?? identity.since} />
        {identity.formerValues.length > 0 && <> · before: {identity.formerValues.join(', ')}</>}
      </div>
      {merge !== null && (
        <div className={classes.why}>
          <span>
            {causes[merge.cause]}: <bdi>{merge.reason}</bdi>
          </span>{' '}
          <PartButton merge={merge} onPart={onPart} />
        </div>
      )}
      {merge === null && !alone && <div className={classes.why}>The first known.</div>}
    </li>
  );
}

function PartButton({ merge, onPart }: { merge: Merge; onPart: (merge: Merge) => void }) {
  const may = useMay('members.unmerge');
  return (
    <ActionButton
      variant="subtle"
      size="compact-xs"
      why={may.why}
      aria-label={`Take out ${merge.absorbed.name}`}
      onClick={() => onPart(merge)}
    >
      Take out
    </ActionButton>
  );
}

function HistoryItem({ merge, onPart }: { merge: Merge; onPart: (merge: Merge) => void }) {
  return (
    <li data-undone={merge.undoneAt !== null}>
      <div>
        <bdi className={classes.strong}>{merge.absorbed.name}</bdi> into <bdi className={classes.strong}>{merge.survivor.name}</bdi>
      </div>
      <div className={classes.why}>
        {causes[merge.cause]}: <bdi>{merge.reason}</bdi>
      </div>
      <div className={classes.why}>
        <RelativeTime at={merge.madeAt} />
        {merge.madeBy !== null && ` by ${merge.madeBy}`}
        {merge.undoneAt === null ? (
          <>
            {' '}
            <PartButton merge={merge} onPart={onPart} />
          </>
        ) : (
          <>
            {' '}
            · undone <RelativeTime at={merge.undoneAt} />
            {merge.undoneBy !== null && ` by ${merge.undoneBy}`}
          </>
        )}
      </div>
    </li>
  );
}

/** What leaves when a merge is undone: the absorbed member with everything that was merged into it. */
function leaving(profile: Profile, merge: Merge): Identity[] {
  const gone = new Set([merge.absorbed.id]);
  const live = profile.merges.filter((one) => one.undoneAt === null && one.id !== merge.id);
  for (let grew = true; grew;) {
    grew = false;
    for (const one of live) {
      if (gone.has(one.survivor.id) && !gone.has(one.absorbed.id)) {
        gone.add(one.absorbed.id);
        grew = true;
      }
    }
  }
  return profile.identities.filter((identity) => identity.merge !== null && gone.has(identity.merge.absorbed.id));
}

function PartDialog({ profile, merge, onClose }: { profile: Profile; merge: Merge; onClose: () => void }) {
  const again = useCommand('members.merge', { refresh: ['metrics'], onDone: forgetTimelines, onFail: toastError });
  const unmerge = useCommand('members.unmerge', {
    refresh: ['metrics'],
    onDone: ({ kept, freed }) => {
      forgetTimelines();
      toast(`${merge.absorbed.name} stands alone again.`, {
        undo: () => again.mutate({ members: [kept, freed], into: kept, reason: merge.reason }),
      });
      onClose();
    },
    onFail: toastError,
  });
  const gone = leaving(profile, merge);
  return (
    <Dialog opened onClose={onClose} title={`Take ${merge.absorbed.name} out?`} size={520}>
      <Text size="sm" mb="sm">
        They become two members again, exactly as before this merge.{' '}
        {gone.length === 0
          ? 'No identity leaves.'
          : `${gone.length === 1 ? 'This identity leaves' : 'These identities leave'} ${profile.name}:`}
      </Text>
      <ul className={classes.plainList}>
        {gone.slice(0, 12).map((identity) => (
          <li key={identity.id}>
            <IdentityLine identity={identity} />
          </li>
        ))}
      </ul>
      {gone.length > 12 && (
        <Text size="sm" c="dimmed">
          and {gone.length - 12} more
        </Text>
      )}
      <Text size="sm" c="dimmed" mt="sm">
        The two are not linked by themselves again.
      </Text>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button data-autofocus loading={unmerge.isPending} onClick={() => unmerge.mutate({ merge: merge.id })}>
          Take out
        </Button>
      </Group>
    </Dialog>
  );
}
