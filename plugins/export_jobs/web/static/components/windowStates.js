// What has become of a window or an execution: its words, its icon, its colour, and how its cell in the coverage picture
// looks. Cells differ in shape, too: not everybody tells green from red.
const stripe = "linear-gradient(135deg, transparent 42%, var(--chakra-colors-bg) 42% 58%, transparent 58%)";
const half = "linear-gradient(90deg, var(--chakra-colors-bg) 50%, transparent 50%)";

export const WINDOW_STATES = {
  delivered: { words: "Delivered", icon: "check", color: "green.fg", cell: { bg: "green.solid" } },
  empty: { words: "No rows, no file", icon: "dash", color: "green.fg", cell: { borderColor: "green.solid", borderWidth: "2px" } },
  running: { words: "Running", icon: "running", color: "yellow.fg", cell: { bg: "yellow.solid", backgroundImage: half, borderWidth: "1px", borderColor: "yellow.solid" } },
  failed: { words: "Failed", icon: "cross", color: "red.fg", cell: { bg: "red.solid", backgroundImage: stripe } },
  missing: { words: "Missing", icon: "dash", color: "red.fg", cell: { borderWidth: "2px", borderStyle: "dashed", borderColor: "red.solid" } },
  future: { words: "To come", icon: "clock", color: "fg.muted", cell: { bg: "bg.emphasized" } },
};

export const EXECUTION_STATES = {
  ...WINDOW_STATES,
  skipped: { words: "Skipped", icon: "dash", color: "fg.muted" },
  delivered_then_failed: { words: "Delivered, then failed", icon: "cross", color: "orange.fg" },
};
