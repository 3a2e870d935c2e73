import { fieldsOf, requiredOf, typeName } from './operations.ts';
import type { Schema } from './operations.ts';
import classes from './api-reference.module.css';

/** The fields of a schema, those of inner objects indented. */
export function SchemaView({ schema, empty }: { schema: Schema; empty: string }) {
  const fields = fieldsOf(schema);
  if (fields === undefined || Object.keys(fields).length === 0) return <p className={classes.empty}>{empty}</p>;
  return <Fields schema={schema} />;
}

function Fields({ schema, depth = 0 }: { schema: Schema; depth?: number }) {
  const required = requiredOf(schema);
  return (
    <ul className={classes.fields} data-depth={depth}>
      {Object.entries(fieldsOf(schema) ?? {}).map(([name, field]) => (
        <li key={name}>
          <div className={classes.field}>
            <code className={classes.fieldName}>{name}</code>
            <span className={classes.type}>{typeName(field)}</span>
            {!required.includes(name) && <span className={classes.type}>optional</span>}
            {field.default !== undefined && <span className={classes.type}>default {JSON.stringify(field.default)}</span>}
          </div>
          {field.description !== undefined && <div className={classes.about}>{field.description}</div>}
          {depth < 4 && fieldsOf(field) !== undefined && <Fields schema={field} depth={depth + 1} />}
        </li>
      ))}
    </ul>
  );
}
