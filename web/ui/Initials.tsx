import { Avatar } from '@mantine/core';

/** A person's picture, or the first letters of the name on a quiet ground. */
export function Initials({ name, src, size = 28 }: { name: string; src?: string | null | undefined; size?: number }) {
  const letters = name
    .split(/[\s._-]+/u)
    .filter((part) => part !== '')
    .slice(0, 2)
    .map((part) => Array.from(part)[0]?.toUpperCase() ?? '')
    .join('');
  return (
    <Avatar
      // Only encrypted ones: the page may load no others.
      src={src?.startsWith('https:') === true || src?.startsWith('/') === true ? src : null}
      size={size}
      radius={size}
      alt=""
      aria-hidden
      styles={{
        placeholder: { fontSize: size * 0.4, fontWeight: 600, background: 'light-dark(#e9e5e0, #37322e)', color: 'var(--text)', border: 0 },
      }}
    >
      {letters === '' ? '?' : letters}
    </Avatar>
  );
}
