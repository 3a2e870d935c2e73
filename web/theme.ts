import {
  ActionIcon,
  Badge,
  Button,
  createTheme,
  defaultVariantColorsResolver,
  Menu,
  Modal,
  Paper,
  Popover,
  Tabs,
  Tooltip,
} from '@mantine/core';
import type { CSSVariablesResolver, MantineColorsTuple } from '@mantine/core';

const accent: MantineColorsTuple = [
  '#fff1ec',
  '#ffe0d6',
  '#ffc1ae',
  '#ff9f83',
  '#ff7a52',
  '#f0653c',
  '#e4572e',
  '#c5421b',
  '#a63514',
  '#84290f',
];
const gray: MantineColorsTuple = [
  '#faf9f7',
  '#f4f2ef',
  '#e9e5e0',
  '#dcd7d0',
  '#c8c1b8',
  '#a39b91',
  '#7d756c',
  '#635b53',
  '#423c37',
  '#26221f',
];
const dark: MantineColorsTuple = [
  '#ece7e2',
  '#c9c2ba',
  '#a59d94',
  '#857d74',
  '#4a443e',
  '#37322e',
  '#272320',
  '#1e1b19',
  '#171513',
  '#100e0d',
];
const red: MantineColorsTuple = [
  '#fcebe9',
  '#f9d5d2',
  '#f2b0ab',
  '#f58e86',
  '#ff8a80',
  '#d9473d',
  '#c6342a',
  '#b3261e',
  '#921e18',
  '#701712',
];

/** One accent, warm neutrals, 14 px base. Meaning colours are variables in styles.css. */
export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.3,
  black: '#211d1a',
  colors: { accent, gray, dark, red },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  lineHeights: { xs: '1.5', sm: '1.5', md: '1.5', lg: '1.5', xl: '1.4' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.25rem', lineHeight: '1.4' },
      h2: { fontSize: '1rem', lineHeight: '1.5' },
      h3: { fontSize: '0.875rem', lineHeight: '1.5' },
    },
  },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.5rem', xl: '2rem' },
  radius: { xs: '3px', sm: '5px', md: '7px', lg: '10px', xl: '14px' },
  defaultRadius: 'md',
  variantColorResolver(input) {
    const found = defaultVariantColorsResolver(input);
    // White on the accent of light, black on that of dark: AA on both.
    return input.variant === 'filled' && ['accent', 'red'].includes(input.color ?? 'accent')
      ? { ...found, color: 'var(--on-accent)' }
      : found;
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({ defaultProps: { size: 'sm' } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray', size: 30 } }),
    Badge: Badge.extend({ defaultProps: { variant: 'light', radius: 'sm', tt: 'none', fw: 500 } }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 350, withArrow: false, multiline: true, maw: 320, events: { hover: true, focus: true, touch: true } },
    }),
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        radius: 'lg',
        overlayProps: { backgroundOpacity: 0.32 },
        transitionProps: { duration: 120 },
        closeButtonProps: { 'aria-label': 'Close' },
      },
    }),
    Paper: Paper.extend({ defaultProps: { withBorder: true, radius: 'lg' } }),
    Popover: Popover.extend({ defaultProps: { shadow: 'md', transitionProps: { duration: 100 } } }),
    Menu: Menu.extend({
      defaultProps: { withInitialFocusPlaceholder: false, shadow: 'md', position: 'bottom-end', transitionProps: { duration: 100 } },
    }),
    Tabs: Tabs.extend({ defaultProps: { keepMounted: false } }),
  },
});

/** Dimmed text and borders of Mantine, moved on to our warm tones with AA contrast. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#211d1a',
    '--mantine-color-dimmed': '#665f57',
    '--mantine-color-placeholder': '#756d64',
    '--mantine-color-default-border': '#ddd8d1',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-anchor': '#a63514',
  },
  dark: {
    '--mantine-color-body': '#1e1b19',
    '--mantine-color-text': '#ece7e2',
    '--mantine-color-dimmed': '#a59d94',
    '--mantine-color-placeholder': '#948b82',
    '--mantine-color-default-border': '#3a3531',
    '--mantine-color-error': '#ff8a80',
    '--mantine-color-anchor': '#ff9f83',
    '--mantine-color-red-6': '#ff8a80',
    '--mantine-color-red-text': '#ff8a80',
    '--mantine-color-red-light-color': '#ff8a80',
  },
});
