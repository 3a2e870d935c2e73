import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import { given } from './provided.ts';
import { rulesHelp } from './rules.ts';

export const segmentFields = defineAction({
  name: 'segments.fields',
  kind: 'query',
  access: 'light_agent',
  summary: 'Tells how the rules of a segment are written, and what other modules offer to ask: topics, languages.',
  input: z.object({}),
  output: z.object({
    help: z.string(),
    offered: z
      .array(z.object({ name: z.string(), title: z.string(), options: z.array(z.object({ value: z.string(), label: z.string() })) }))
      .describe('As conditions: {"field":"offered","name":"topic","value":["1"],"window":W}.'),
  }),
  async run(context) {
    const offered = [];
    for (const field of given().fields)
      offered.push({ name: field.name, title: field.title, options: await field.options(context.database) });
    return { help: rulesHelp, offered };
  },
});
