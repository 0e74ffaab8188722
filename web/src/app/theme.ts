import { createTheme, type CSSVariablesResolver } from "@mantine/core";

export const theme = createTheme({
  primaryColor: "cyan",
  primaryShade: 9,
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  autoContrast: true,
  luminanceThreshold: 0.179, // where white and black stand out equally
  components: {
    // In a dialog it is not a landmark of the page.
    ModalHeader: { defaultProps: { role: "presentation" } },
    // Below a title, Mantine uses a gray that is too pale.
    Notification: {
      defaultProps: { closeButtonProps: { "aria-label": "Close" } },
      styles: { description: { color: "var(--mantine-color-dimmed)" } },
    },
  },
});

const colors = ["red", "orange", "yellow", "lime", "green", "teal", "cyan"];

function mixed(name: string, percent: number): Record<string, string> {
  return Object.fromEntries(
    colors.map((color) => [
      `--mantine-color-${color}-${name}`,
      `color-mix(in srgb, var(--mantine-color-${color}-9) ${percent}%, black)`,
    ]),
  );
}

/** On their own pale backgrounds, the darkest shades of these are too bright for small text. */
const darkerText = mixed("light-color", 60);
/** Mantine's are brighter than the hovered color, with too little contrast to white text. */
const darkerHover = mixed("filled-hover", 85);

/** Colors with enough contrast (WCAG AA) for small text, in both schemes. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "var(--mantine-color-gray-7)",
    "--mantine-color-error": "var(--mantine-color-red-9)",
    ...darkerText,
    ...darkerHover,
  },
  dark: {
    "--mantine-color-dimmed": "var(--mantine-color-dark-1)",
    "--mantine-color-error": "var(--mantine-color-red-4)",
    ...darkerHover,
  },
});
