import { Button, Stack, Textarea } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useState, type ReactNode } from "react";

const COPIED_MILLISECONDS = 3000;

interface CopyTextProps {
  label: string;
  /** Called when the button is pressed, if it is a function. */
  text: string | (() => string);
  icon?: ReactNode;
  /** The height of the field for manual copying, in lines. */
  rows?: number;
}

/** Copies `text`; if the browser forbids that, shows it for manual copying. */
export function CopyText({ label, text, icon = <IconCopy size={16} aria-hidden />, rows = 10 }: CopyTextProps) {
  const [state, setState] = useState<"idle" | "copied" | "refused">("idle");
  const [value, setValue] = useState("");
  useEffect(() => {
    if (state !== "copied") return;
    const timer = setTimeout(() => setState("idle"), COPIED_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [state]);
  return (
    <Stack gap="xs" flex={state === "refused" ? "1 0 100%" : undefined}>
      <Button
        variant="default"
        size="xs"
        leftSection={
          state === "copied" ? <IconCheck size={16} aria-hidden /> : icon
        }
        style={{ alignSelf: "flex-start" }}
        onClick={async () => {
          const wanted = typeof text === "string" ? text : text();
          setValue(wanted);
          setState((await copy(wanted)) ? "copied" : "refused");
        }}
      >
        {state === "copied" ? "Copied" : label}
      </Button>
      {state === "refused" && (
        <Textarea
          label="Select and copy this"
          description="Browsers allow pages to copy only over HTTPS or on localhost."
          readOnly
          rows={rows}
          value={value}
          onFocus={(event) => event.currentTarget.select()}
        />
      )}
    </Stack>
  );
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // also where there is no clipboard at all
  }
}
