import { Button } from '@mantine/core';
import type { ButtonProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from './Link.tsx';

/** A button that is a link inside the app: it opens in a new tab too. */
export function LinkButton({ to, children, ...rest }: ButtonProps & { to: string; children: ReactNode }) {
  return (
    <Button
      {...rest}
      renderRoot={({ className, style, ...props }: Record<string, unknown>) => (
        <Link {...props} to={to} look="plain" className={String(className)} style={style as object} />
      )}
    >
      {children}
    </Button>
  );
}
