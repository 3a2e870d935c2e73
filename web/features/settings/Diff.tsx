import classes from './settings.module.css';

/** Field by field, only what differs; a field within a field as `settings.url`. */
export function Diff({ before, after }: { before: unknown; after: unknown }) {
  const old = flat(before);
  const now = flat(after);
  const names = [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name));
  if (names.length === 0) return <p>No field differs.</p>;
  return (
    <table className={classes.diff}>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {names.map((name) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td data-side={old.has(name) ? 'before' : undefined}>{old.get(name) ?? '–'}</td>
            <td data-side={now.has(name) ? 'after' : undefined}>{now.get(name) ?? '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function flat(value: unknown, path = '', into = new Map<string, string>()): Map<string, string> {
  if (value === null || value === undefined) return into;
  if (typeof value === 'object' && !Array.isArray(value)) {
    for (const [name, inner] of Object.entries(value)) flat(inner, path === '' ? name : `${path}.${name}`, into);
  } else {
    into.set(path === '' ? 'value' : path, Array.isArray(value) ? value.map(textOf).join(', ') : textOf(value));
  }
  return into;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
