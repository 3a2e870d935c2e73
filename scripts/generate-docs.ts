import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { connectors } from '../src/connectors/registry.ts';
import { actions } from '../src/entry/actions.ts';
import { inputSchema } from '../src/entry/openapi.ts';
import { scopeOf } from '../src/platform/access.ts';
import { describeSettings } from '../src/platform/config.ts';
import { errorKinds } from '../src/platform/errors.ts';

// Writes the pages under docs/reference from the code: node scripts/generate-docs.ts. With --check it only says whether
// they are true, and fails when they are not.
const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, 'docs/reference');
const made = '<!-- Made by `npm run docs` from the code: change it there. -->\n\n';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function settingsPage(): string {
  const rows = describeSettings().map(
    (setting) => `| \`${setting.name}\` | ${setting.default === '' ? '' : `\`${setting.default}\``} | ${cell(setting.meaning)} |`,
  );
  return `# Settings\n\n${made}From the environment, or from a file \`.env\` beside package.json. \`rapport config\` prints the same.\n\n| setting | default | meaning |\n|---|---|---|\n${rows.join('\n')}\n`;
}

function actionsPage(): string {
  const modules = Map.groupBy(actions, (action) => action.name.split('.')[0] ?? '');
  const parts = [...modules].map(([name, list]) => {
    const rows = list.map((action) => {
      const { properties = {}, required = [] } = inputSchema(action) as { properties?: Record<string, unknown>; required?: string[] };
      const fields = Object.keys(properties).map((field) => (required.includes(field) ? `**${field}**` : field));
      return `| \`${action.name}\` | ${action.kind} | ${action.access.replace('_', ' ')} | \`${scopeOf(action.name, action.kind)}\` | ${cell(action.summary)} | ${fields.join(', ')} |`;
    });
    return `## ${name}\n\n| action | kind | needs | scope of a key | what it does | takes (bold: required) |\n|---|---|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Actions\n\n${made}Each is \`POST /api/<action>\` with a JSON body (a query answers \`GET /api/<action>?input=…\` too), a command (\`npx rapport <module> <verb>\`, or \`npx rapport call <action> '<json>'\`), and a tool for assistants at \`/mcp\` (with \`__\` in place of the dot). The running program serves the OpenAPI document at \`/api/openapi.json\`.\n\nErrors are \`{ "error": { "kind", "code", "message", "complaints"?, "requestId" } }\`; kinds: ${Object.entries(
    errorKinds,
  )
    .map(([kind, status]) => `${kind} (${status})`)
    .join(', ')}.\n\n${parts.join('\n')}`;
}

function connectorsPage(): string {
  const parts = connectors.map((connector) => {
    const fields = Object.entries(connector.settings.shape).map(([name, field]) => {
      const meta = field.meta() ?? {};
      return `| \`${name}\` | ${cell(meta.title ?? '')} | ${cell(meta.description ?? '')}${meta['secret'] === true ? ' Kept encrypted.' : ''} |`;
    });
    const streams = connector.streams.map((stream) => stream.title.toLowerCase()).join(', ');
    return `## ${connector.title}\n\n${connector.summary} Read every ${connector.everyMinutes} minutes unless the source says otherwise: ${streams}. [More](../../src/connectors/${connector.name}/README.md)\n\n| setting | title | meaning |\n|---|---|---|\n${fields.join('\n')}\n`;
  });
  return `# Connectors\n\n${made}${parts.join('\n')}`;
}

const pages = { 'settings.md': settingsPage(), 'actions.md': actionsPage(), 'connectors.md': connectorsPage() };
const check = process.argv.includes('--check');
let stale = 0;
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(pages)) {
  const file = path.join(folder, name);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  stale += 1;
  if (check) process.stdout.write(`docs/reference/${name} is not what the code says: run npm run docs.\n`);
  else writeFileSync(file, text);
}
process.stdout.write(
  check ? `${Object.keys(pages).length - stale} of ${Object.keys(pages).length} pages are true.\n` : `Wrote ${stale} pages.\n`,
);
process.exitCode = check && stale > 0 ? 1 : 0;
