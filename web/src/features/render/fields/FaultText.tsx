import { Input } from "@mantine/core";

/** An error of several fields together; nothing without an error. */
export function FaultText({ children }: { children: string | null | undefined }) {
  return children ? (
    <Input.Error size="xs" style={{ width: "100%", overflowWrap: "anywhere" }}>
      {children}
    </Input.Error>
  ) : null;
}
