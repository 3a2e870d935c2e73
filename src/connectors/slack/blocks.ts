import { z } from 'zod';

/** The parts of Block Kit that a message may hold, and their bounds: docs.slack.dev/reference/block-kit/blocks. */
const plainText = (longest: number) => z.looseObject({ type: z.literal('plain_text'), text: z.string().min(1).max(longest) });
const anyText = z.looseObject({ type: z.enum(['plain_text', 'mrkdwn']), text: z.string().min(1).max(3000) });

const button = z.looseObject({
  type: z.literal('button'),
  text: plainText(75),
  action_id: z.string().max(255).optional(),
  value: z.string().max(2000).optional(),
  url: z
    .url({ protocol: /^https?$/ })
    .max(3000)
    .optional(),
  style: z.enum(['primary', 'danger']).optional(),
});
const element = z.union([
  button,
  z.looseObject({
    type: z.enum([
      'static_select',
      'users_select',
      'conversations_select',
      'channels_select',
      'overflow',
      'datepicker',
      'checkboxes',
      'radio_buttons',
      'timepicker',
    ]),
  }),
]);

const block = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('section'),
    text: anyText.optional(),
    fields: z.array(anyText).max(10).optional(),
    accessory: z.looseObject({ type: z.string() }).optional(),
  }),
  z.looseObject({ type: z.literal('actions'), elements: z.array(element).min(1).max(25) }),
  z.looseObject({ type: z.literal('header'), text: plainText(150) }),
  z.looseObject({
    type: z.literal('context'),
    elements: z
      .array(z.looseObject({ type: z.string() }))
      .min(1)
      .max(10),
  }),
  z.looseObject({ type: z.literal('image'), image_url: z.url().max(3000), alt_text: z.string().max(2000) }),
  z.looseObject({ type: z.literal('divider') }),
]);

const blocks = z.array(block).min(1).max(50);

export const blocksInput = z
  .string()
  .trim()
  .max(50_000)
  .superRefine((text, context) => {
    const read = readBlocks(text);
    const issue = read === undefined ? undefined : blocks.safeParse(read).error?.issues[0];
    if (read === undefined) context.addIssue('is not JSON: copy the list of blocks from the Block Kit Builder');
    else if (issue !== undefined) context.addIssue(`block ${issue.path.join('.') || 'list'}: ${issue.message}`);
  })
  .meta({
    title: 'Blocks',
    description: 'A JSON list, as the Block Kit Builder makes it (app.slack.com/block-kit-builder).',
    multiline: true,
  });

/** The list of blocks, also where it was copied with the object around it. */
export function readBlocks(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'blocks' in value ? value.blocks : value;
  } catch {
    return undefined;
  }
}
