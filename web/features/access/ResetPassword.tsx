import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { post } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useSession } from '../../shell/session.ts';
import { toast } from '../../ui/toasts.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { Outside } from './Outside.tsx';
import classes from './Outside.module.css';
import { PasswordFields } from './PasswordFields.tsx';
import { tokenInAddress } from './sign-in.ts';

/** Where the mailed link leads. */
export function Page() {
  const [token] = useState(tokenInAddress);
  const { signIn: rules } = useSession();
  const router = useRouter();
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const change = useMutation({
    mutationFn: () => post('/api/auth/reset-password', { newPassword: password, token }),
    onSuccess() {
      toast('Your password is changed. Sign in with it.');
      router.history.push(paths.signIn());
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (password === again) change.mutate();
  };
  if (token === '') return <Outside title="Choose a new password">Open the whole link of the mail: this one misses its end.</Outside>;
  return (
    <Outside title="Choose a new password" about="All your other sessions end.">
      <form className={classes.form} onSubmit={submit}>
        {change.error !== null && <Notice>{change.error.message}</Notice>}
        <PasswordFields
          password={password}
          again={again}
          minLength={rules.password.minLength}
          maxLength={rules.password.maxLength}
          own={[]}
          label="New password"
          errors={{}}
          onPassword={setPassword}
          onAgain={setAgain}
        />
        <Button type="submit" loading={change.isPending}>
          Change the password
        </Button>
      </form>
    </Outside>
  );
}
