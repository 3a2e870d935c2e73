import classes from './CodeBlock.module.css';

/** Raw text as it is; it scrolls, and can be reached by keyboard to do so. */
export function CodeBlock({ children, label, failed = false }: { children: string; label: string; failed?: boolean }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard (WCAG 2.1.1)
    <pre className={classes.code} role="region" aria-label={label} tabIndex={0} data-failed={failed}>
      {children}
    </pre>
  );
}
