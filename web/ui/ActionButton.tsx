import { Button, Tooltip } from '@mantine/core';
import type { ButtonProps } from '@mantine/core';
import type { ComponentProps, MouseEvent } from 'react';

type Props = ButtonProps &
  Omit<ComponentProps<'button'>, keyof ButtonProps> & {
    /** Why it cannot be pressed. It stays reachable by keyboard, so that the reason can be read. */
    why?: string | undefined;
  };

/** A button that says why it is disabled. */
export function ActionButton({ why, onClick, children, ...rest }: Props) {
  const blocked = why !== undefined;
  const button = (
    <Button
      {...rest}
      {...(blocked ? { 'data-disabled': true, 'aria-disabled': true } : {})}
      onClick={(event: MouseEvent<HTMLButtonElement>) => {
        if (blocked) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {children}
    </Button>
  );
  return blocked ? <Tooltip label={why}>{button}</Tooltip> : button;
}
