import { Tooltip } from '@mantine/core';
import { IconRobot, IconRosetteDiscountCheck } from '@tabler/icons-react';
import type { ComponentProps, MouseEvent } from 'react';
import { paths } from '../paths.ts';
import { Link } from './Link.tsx';
import { useSetQuery } from './url-state.ts';

/** The parameter of the address that names the person in the side panel, on every page. */
export const personParam = 'person';

export function useOpenPerson(): (member: string) => void {
  const setQuery = useSetQuery();
  return (member) => setQuery({ [personParam]: member }, { push: true });
}

/** A person: a click opens them beside the page; with a modifier, or from a copied address, their own page. */
export function PersonLink({ member, ...rest }: { member: string } & Omit<ComponentProps<typeof Link>, 'to'>) {
  const open = useOpenPerson();
  return (
    <Link
      look="plain"
      dir="auto"
      {...rest}
      to={paths.member(member)}
      onClick={(event: MouseEvent<HTMLAnchorElement>) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
        event.preventDefault();
        open(member);
      }}
    />
  );
}

/** Whether somebody is one of ours, or a bot: a shape with its word. */
export function PersonMark({ bot, team, size = 14 }: { bot: string; team: boolean; size?: number }) {
  if (bot === 'human' && !team) return null;
  const [Icon, word, colour] =
    bot === 'bot'
      ? ([IconRobot, 'Bot', 'var(--quiet)'] as const)
      : bot === 'suspected'
        ? ([IconRobot, 'May be a bot', 'var(--attention)'] as const)
        : ([IconRosetteDiscountCheck, 'Team member', 'var(--quiet)'] as const);
  return (
    <Tooltip label={word}>
      <span role="img" aria-label={word} style={{ display: 'inline-flex', flex: 'none', color: colour }}>
        <Icon size={size} stroke={1.7} aria-hidden />
      </span>
    </Tooltip>
  );
}
