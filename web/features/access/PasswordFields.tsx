import { PasswordInput, Text } from '@mantine/core';
import type { CSSProperties } from 'react';
import classes from './Outside.module.css';
import { strengthOf } from './password.ts';

interface Props {
  password: string;
  again: string;
  minLength: number;
  maxLength: number;
  /** What a guesser knows of this person. */
  own: readonly string[];
  label?: string;
  errors: { password?: string | undefined; again?: string | undefined };
  onPassword: (value: string) => void;
  onAgain: (value: string) => void;
}

const moods = ['var(--line)', 'var(--risk)', 'var(--attention)', 'var(--good)', 'var(--good)'];

/** A new password, how strong it is, and once more. */
export function PasswordFields({ password, again, minLength, maxLength, own, label = 'Password', errors, onPassword, onAgain }: Props) {
  const strength = strengthOf(password, minLength, own);
  return (
    <>
      <div>
        <PasswordInput
          label={label}
          value={password}
          onChange={(event) => onPassword(event.currentTarget.value)}
          autoComplete="new-password"
          maxLength={maxLength}
          required
          withAsterisk={false}
          error={errors.password}
          aria-describedby="password-strength"
        />
        <div className={classes.strength} style={{ '--mood': moods[strength.score] } as CSSProperties} aria-hidden>
          {[1, 2, 3, 4].map((step) => (
            <span key={step} data-on={step <= strength.score} />
          ))}
        </div>
        <Text id="password-strength" size="sm" c="dimmed" role="status" mih={20}>
          {password === '' ? strength.advice : `${strength.word}. ${strength.advice}`}
        </Text>
      </div>
      <PasswordInput
        label={`${label}, once more`}
        value={again}
        onChange={(event) => onAgain(event.currentTarget.value)}
        autoComplete="new-password"
        required
        withAsterisk={false}
        error={errors.again ?? (again !== '' && again !== password && !password.startsWith(again) ? 'The two differ.' : undefined)}
      />
    </>
  );
}
