import { ActionIcon, Badge, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowMerge, IconDots, IconDownload, IconEraser, IconLink, IconRobot, IconUser } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useCommand } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useMay } from '../../shell/session.ts';
import { dayOf } from '../../ui/activities/days.ts';
import { Initials } from '../../ui/Initials.tsx';
import { Link, OutsideLink } from '../../ui/Link.tsx';
import { useNow } from '../../ui/RelativeTime.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import { showDay } from './dates.ts';
import { EraseDialog } from './EraseDialog.tsx';
import type { Profile } from './filter.ts';
import { MergeWith } from './MergeWith.tsx';
import classes from './members.module.css';

/** Where they work and live, and where to find them, in a line. */
export function ProfileLine({ profile }: { profile: Profile }) {
  const today = dayOf(useNow());
  const current = profile.affiliations
    .filter((one) => (one.to === null || one.to >= today) && (one.from === null || one.from <= today))
    // Several accounts may say the same employer: it is named once.
    .filter((one, index, all) => all.findIndex((other) => other.organization.id === one.organization.id) === index)
    .slice(0, 2);
  const { location, website } = profile.fields;
  const links = [...new Set([website.value, ...profile.identities.map((identity) => identity.url)])]
    .filter((url) => url !== null)
    .slice(0, 3);
  const parts = [
    ...current.map((one) => (
      <span key={one.id}>
        <Link to={paths.organization(one.organization.id)} dir="auto">
          {one.organization.name}
        </Link>
        {one.role !== null && `, ${one.role}`}
        {one.from !== null && ` since ${showDay(one.from)}`}
      </span>
    )),
    ...(location.value === null ? [] : [<bdi key="location">{location.value}</bdi>]),
    ...links.map((url) => (
      <OutsideLink key={url} href={url}>
        {url.replace(/^https?:\/\/(?:www\.)?/, '').replace(/\/$/, '')}
      </OutsideLink>
    )),
  ];
  if (parts.length === 0) return null;
  return <span className={classes.headLine}>{parts}</span>;
}

/** Picture, name, marks, and what can be done with the person as a whole. */
export function ProfileHead({ profile, size = 44, onBecame }: { profile: Profile; size?: number; onBecame: (id: string) => void }) {
  return (
    <span className={classes.head}>
      <Initials name={profile.name} src={profile.fields.avatarUrl.value} size={size} />
      <bdi className={classes.headName}>{profile.name}</bdi>
      {profile.team && <Badge color="blue">Team member</Badge>}
      {profile.bot === 'bot' && (
        <Badge color="gray" leftSection={<IconRobot size={12} aria-hidden />} title={profile.botReason ?? undefined}>
          Bot
        </Badge>
      )}
      {profile.bot === 'suspected' && (
        <Badge color="yellow" leftSection={<IconRobot size={12} aria-hidden />} title={profile.botReason ?? undefined}>
          May be a bot
        </Badge>
      )}
      <Actions profile={profile} onBecame={onBecame} />
    </span>
  );
}

function Actions({ profile, onBecame }: { profile: Profile; onBecame: (id: string) => void }) {
  const [merging, mergingIs] = useDisclosure(false);
  const [erasing, erasingIs] = useDisclosure(false);
  const navigate = useNavigate();
  const mayErase = useMay('members.erase');
  const mayExport = useMay('members.export-data');
  const mayMerge = useMay('members.merge');
  const mayDecide = useMay('members.mark-human');
  const undoHuman = useCommand('members.mark-human', { onFail: toastError });
  const undoBot = useCommand('members.confirm-bot', { onFail: toastError });
  const confirm = useCommand('members.confirm-bot', {
    refresh: ['metrics'],
    onDone: () =>
      toast(`${profile.name} is a bot: left out of every number about people.`, { undo: () => undoHuman.mutate({ id: profile.id }) }),
    onFail: toastError,
  });
  const human = useCommand('members.mark-human', {
    refresh: ['metrics'],
    onDone: () =>
      toast(
        `${profile.name} counts as a human, and stays one.`,
        profile.bot === 'bot' ? { undo: () => undoBot.mutate({ id: profile.id }) } : {},
      ),
    onFail: toastError,
  });
  return (
    <>
      <Menu position="bottom-start" zIndex={320}>
        <Menu.Target>
          <ActionIcon aria-label={`More to do with ${profile.name}`}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconArrowMerge size={16} aria-hidden />} disabled={!mayMerge.allowed} onClick={mergingIs.open}>
            Merge with somebody…
          </Menu.Item>
          {profile.bot !== 'bot' && (
            <Menu.Item
              leftSection={<IconRobot size={16} aria-hidden />}
              disabled={!mayDecide.allowed}
              onClick={() => confirm.mutate({ id: profile.id })}
            >
              Mark as a bot
            </Menu.Item>
          )}
          {profile.bot !== 'human' && (
            <Menu.Item
              leftSection={<IconUser size={16} aria-hidden />}
              disabled={!mayDecide.allowed}
              onClick={() => human.mutate({ id: profile.id })}
            >
              Mark as a human
            </Menu.Item>
          )}
          <Menu.Item
            leftSection={<IconLink size={16} aria-hidden />}
            onClick={() =>
              void navigator.clipboard.writeText(`${window.location.origin}${paths.member(profile.id)}`).then(() => toast('Link copied.'))
            }
          >
            Copy link
          </Menu.Item>
          {mayExport.allowed && (
            <Menu.Item leftSection={<IconDownload size={16} aria-hidden />} component="a" href={paths.memberData(profile.id)} download>
              Export all data
            </Menu.Item>
          )}
          {mayErase.allowed && (
            <Menu.Item color="red" leftSection={<IconEraser size={16} aria-hidden />} onClick={erasingIs.open}>
              Erase…
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {erasing && (
        <EraseDialog profile={profile} onClose={erasingIs.close} onErased={() => void navigate({ to: '/members', replace: true })} />
      )}
      {merging && <MergeWith profile={profile} onClose={mergingIs.close} onBecame={onBecame} />}
    </>
  );
}
