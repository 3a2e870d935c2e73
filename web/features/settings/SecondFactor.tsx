import { Button, CopyButton, PasswordInput, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { post, queryClient, refresh } from '../../api.ts';
import { useSession } from '../../shell/session.ts';
import { Status } from '../../ui/Status.tsx';
import { toast } from '../../ui/toasts.tsx';
import { Notice } from '../../ui/Notice.tsx';
import classes from './settings.module.css';

interface Enrolment {
  totpURI: string;
  backupCodes: string[];
}

/** Turn the second factor on (password, then a first code) or off. */
export function SecondFactor() {
  const { actor } = useSession();
  const [asked, setAsked] = useState(false);
  const [enrolment, setEnrolment] = useState<Enrolment>();
  const [password, setPassword] = useState('');
  const change = useMutation({
    mutationFn: () => post(actor.twoFactor ? '/api/auth/two-factor/disable' : '/api/auth/two-factor/enable', { password }),
    async onSuccess(answer) {
      setPassword('');
      setAsked(false);
      if (actor.twoFactor) {
        toast('The second factor is off.');
        await refresh(queryClient, ['access']);
      } else setEnrolment(answer as Enrolment);
    },
  });
  if (enrolment !== undefined) return <Enrol enrolment={enrolment} onDone={() => setEnrolment(undefined)} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <Status mood={actor.twoFactor ? 'good' : 'quiet'}>{actor.twoFactor ? 'On' : 'Off'}</Status>
      {asked ? (
        <>
          {change.error !== null && <Notice>{change.error.message}</Notice>}
          <PasswordInput
            label="Your password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            autoFocus
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <div className={classes.buttons}>
            <Button type="submit" color={actor.twoFactor ? 'red' : 'accent'} loading={change.isPending}>
              {actor.twoFactor ? 'Turn it off' : 'Continue'}
            </Button>
            <Button variant="default" onClick={() => setAsked(false)}>
              Cancel
            </Button>
          </div>
        </>
      ) : (
        <div className={classes.buttons}>
          <Button variant="default" onClick={() => setAsked(true)}>
            {actor.twoFactor ? 'Turn it off…' : 'Turn it on…'}
          </Button>
        </div>
      )}
    </form>
  );
}

function Enrol({ enrolment, onDone }: { enrolment: Enrolment; onDone: () => void }) {
  const [code, setCode] = useState('');
  const secret = new URL(enrolment.totpURI).searchParams.get('secret') ?? '';
  const verify = useMutation({
    mutationFn: () => post('/api/auth/two-factor/verify-totp', { code: code.replace(/\s/g, '') }),
    async onSuccess() {
      toast('The second factor is on.');
      await refresh(queryClient, ['access']);
      onDone();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    verify.mutate();
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <Text size="sm">1. Add this key to your authenticator app, or open it there on this device.</Text>
      <div className={classes.key}>
        <code>{secret.replace(/(.{4})/g, '$1 ').trim()}</code>
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
        <Button variant="default" component="a" href={enrolment.totpURI}>
          Open in the app
        </Button>
      </div>
      <div>
        <Text size="sm">2. Keep these backup codes. Each opens your account once, should you lose the app.</Text>
        <ul className={classes.codes}>
          {enrolment.backupCodes.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
        <CopyButton value={enrolment.backupCodes.join('\n')}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? 'Copied' : 'Copy the codes'}
            </Button>
          )}
        </CopyButton>
      </div>
      {verify.error !== null && <Notice>{verify.error.message}</Notice>}
      <TextInput
        label="3. Type the six digits that the app shows"
        autoComplete="one-time-code"
        inputMode="numeric"
        required
        withAsterisk={false}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      <div className={classes.buttons}>
        <Button type="submit" loading={verify.isPending}>
          Turn it on
        </Button>
      </div>
    </form>
  );
}
