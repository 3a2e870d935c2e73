import { Link as RouterLink } from '@tanstack/react-router';
import type { ComponentProps } from 'react';
import classes from './Link.module.css';

type Props = Omit<ComponentProps<'a'>, 'href'> & {
  /** An address made by paths.ts, with its query. */
  to: string;
  /** `plain` looks like the text around it, or like the button it is; `text` is a link to see. */
  look?: 'plain' | 'text';
  replace?: boolean;
};

/** A link inside the app; the page behind it is fetched when the pointer rests on it. */
export function Link({ to, look = 'text', className, ...rest }: Props) {
  const { pathname, search } = splitAddress(to);
  const looks = [classes[look], className].filter(Boolean).join(' ');
  // The router's own props are typed by route; ours are made by paths.ts.
  const props = { ...rest, to: pathname, search, className: looks } as unknown as ComponentProps<typeof RouterLink>;
  return <RouterLink preload="intent" {...props} />;
}

/** `/members?q=ada` → its path and its query, as the router takes them. */
export function splitAddress(address: string): { pathname: string; search: Record<string, string> } {
  const [pathname = '/', query = ''] = address.split('?', 2);
  return { pathname, search: Object.fromEntries(new URLSearchParams(query)) };
}

/** A link to another site: always a new tab, never telling where it came from. */
export function OutsideLink({ className, children, ...rest }: ComponentProps<'a'>) {
  return (
    <a {...rest} target="_blank" rel="noreferrer noopener" className={[classes.text, className].filter(Boolean).join(' ')}>
      {children}
    </a>
  );
}
