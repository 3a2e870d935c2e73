import { Button } from '@mantine/core';
import { useMounted } from '@mantine/hooks';
import { IconArrowsDiagonal } from '@tabler/icons-react';
import { useState } from 'react';
import { useAction } from '../../api.ts';
import { paths } from '../../paths.ts';
import { Link } from '../../ui/Link.tsx';
import { personParam } from '../../ui/person.tsx';
import { SidePanel } from '../../ui/SidePanel.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { useParam } from '../../ui/url-state.ts';
import { ProfileSkeleton, ProfileView } from './ProfileView.tsx';
import classes from './members.module.css';

/** A person beside whatever page is open; who it is stands in the address. */
export function PersonPanel() {
  const [id, setId] = useParam(personParam);
  // Opens only once it is drawn shut: so it remembers where the focus came from, and gives it back.
  const isDrawn = useMounted();
  // Keeps showing the person while the panel slides out.
  const [last, setLast] = useState(id);
  if (id !== undefined && id !== last) setLast(id);
  const shown = id ?? last ?? '';
  const profile = useAction('members.get', { id: shown }, { enabled: shown !== '' });
  return (
    <SidePanel
      opened={isDrawn && id !== undefined}
      onClose={() => setId(undefined)}
      size={660}
      title={
        <span className={classes.panelTitle}>
          Member
          <Button
            component={Link}
            {...{ to: paths.member(shown), look: 'plain' as const }}
            variant="subtle"
            color="gray"
            size="compact-sm"
            leftSection={<IconArrowsDiagonal size={14} aria-hidden />}
          >
            Open the page
          </Button>
        </span>
      }
    >
      {profile.isError && profile.data === undefined ? (
        <ErrorState error={profile.error} onRetry={() => void profile.refetch()} />
      ) : profile.data === undefined ? (
        <ProfileSkeleton />
      ) : (
        <ProfileView key={profile.data.id} profile={profile.data} place="panel" onBecame={(other) => setId(other)} />
      )}
    </SidePanel>
  );
}
