import { Button, Stack, Textarea } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useState } from "react";

const COPIED_MILLISECONDS = 3000;

/** Copies `text`; if the browser forbids that, shows it for manual copying. */
export function CopyText({ label, text }: { label: string; text: string }) {
  const [state, setState] = useState<"idle" | "copied" | "refused">("idle");
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
          state === "copied" ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />
        }
        style={{ alignSelf: "flex-start" }}
        onClick={async () => setState((await copy(text)) ? "copied" : "refused")}
      >
        {state === "copied" ? "Copied" : label}
      </Button>
      {state === "refused" && (
        <Textarea
          label="Select and copy this"
          description="Browsers allow pages to copy only over HTTPS or on localhost."
          readOnly
          rows={10}
          value={text}
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
