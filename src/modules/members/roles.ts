/** What a part of an address says when it names a function or a machine, never a person. */
const functions = new Set(
  (
    'abuse account accounts accounting admin administrator admins alerts all announce automation billing board bot bugs build builds career careers ci ' +
    'code commits committer community contact contributor cron daemon data debug deploy dev devel developer developers development devops devs docs ' +
    'donotreply editor email engineering enquiries events example feedback finance foo forum git github gitlab guest hello help helpdesk hi home host ' +
    'hostmaster hr info inquiries invalid it jenkins jobs legal list lists local localhost mail mailer mailer-daemon maintainer maintainers marketing me ' +
    'media monitoring my myself nagios name news newsletter no-reply nobody none noreply notification notifications null office ops oss packages partners ' +
    'payments pi postmaster press privacy project pull-request readme releases root sales script security server service services shop site staff store ' +
    'sub subscribe support svn sys sysadmin system team tech test tester testing tests tmp ubuntu unknown unsubscribe update updates user username vagrant ' +
    'web webmaster website welcome work www you your-name yourname your_name'
  ).split(' '),
);

/** Hosts that are one computer's own name, or made up: such an address says nothing about its owner. */
const nowhere = /(?:^|\.)(?:localhost|localdomain|local|lan|home|internal|invalid|domain\.com|email\.com|none|\(none\))$/;

/** `info@`, `root@localhost`, `you@…`: an address that many may share. */
export function isRoleAddress(email: string): boolean {
  const at = email.lastIndexOf('@');
  if (at <= 0) return true;
  const host = email.slice(at + 1).toLowerCase();
  return isFunctionName(email.slice(0, at)) || !host.includes('.') || nowhere.test(host);
}

export function isFunctionName(name: string): boolean {
  return functions.has(name.toLowerCase());
}
