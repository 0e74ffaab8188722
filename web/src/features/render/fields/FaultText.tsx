import { Input } from "@mantine/core";

/** What is wrong with several fields together, as fields say it; nothing where nothing is. */
export function FaultText({ children }: { children: string | null | undefined }) {
  return children ? (
    <Input.Error size="xs" style={{ width: "100%", overflowWrap: "anywhere" }}>
      {children}
    </Input.Error>
  ) : null;
}
